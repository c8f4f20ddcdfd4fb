/**
 * The preview in Chromium while 50 series bring 10,000 samples a second: frames drawn a second, the longest frame, the
 * main thread's load and the heap, over half a minute. Without a graphics card Chromium draws in software, which is the
 * hard case.
 */
import type { CDPSession, Page } from 'playwright-core';
import type { SeriesInfo, ToPreview } from '../../preview/protocol.ts';
import { withChromium } from '../harness/chromium.ts';
import { unit } from '../preview/fake-twin.ts';
import { pumpStation } from '../preview/pump-station.ts';
import { servePreview } from '../preview/preview-page.ts';
import type { Report } from './harness.ts';

const seriesCount = 50;
/** Rows a second; each row has a sample of each series. */
const rows = 200;
const batches = 60;
/** s; how long the twin has run before: charts are full, so they slide. */
const past = 100;
const seconds = Number(process.env['POLLUX_BENCH_SECONDS'] ?? 30);

export default async function bench(report: Report): Promise<void> {
  const source = startSource();
  const server = await servePreview(source.open, { worker: true });
  try {
    await withChromium(
      { viewport: { width: 1400, height: 900 }, flags: ['--enable-precise-memory-info'] },
      async (context) => {
        const page = context.pages()[0] ?? (await context.newPage());
        await page.goto(server.url);
        await page.locator('.chart canvas').first().waitFor();
        const devtools = await context.newCDPSession(page);
        // Time of the processor, not of the clock: other work on the machine does not count.
        await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
        await page.waitForTimeout(2000);
        const before = await heap(devtools);
        const busyBefore = await taskSeconds(devtools);
        const sentBefore = source.samples();
        const start = Date.now();
        const frames = await framesOf(page, seconds);
        const elapsed = (Date.now() - start) / 1000;
        const busy = (await taskSeconds(devtools)) - busyBefore;
        const after = await heap(devtools);
        const gaps = frames
          .slice(1)
          .map((time, i) => time - frames[i]!)
          .toSorted((a, b) => a - b);
        report.value('series', seriesCount, '');
        report.value('samples sent', (source.samples() - sentBefore) / elapsed, '/s');
        report.value('frames', (1000 * gaps.length) / (frames.at(-1)! - frames[0]!), '/s');
        report.value('99th percentile between frames', gaps[Math.floor(gaps.length * 0.99)]!, 'ms');
        report.value('longest between frames', gaps.at(-1)!, 'ms');
        report.value('load of the page’s main thread', (100 * busy) / elapsed, '%');
        report.value('heap after 2 s', before / 2 ** 20, 'MiB');
        report.value(`heap after ${seconds} s more`, after / 2 ** 20, 'MiB');
        // A million samples and more; the stretch that is shown moves in each frame.
        await page.evaluate(() => {
          const chart = document.querySelector('.pane-host')!;
          let frame = 0;
          const move = () => {
            const deltaY = Math.floor(frame++ / 60) % 2 === 0 ? -12 : 12;
            chart.dispatchEvent(new WheelEvent('wheel', { deltaY, shiftKey: true, cancelable: true }));
            requestAnimationFrame(move);
          };
          chart.dispatchEvent(new WheelEvent('wheel', { deltaY: 400, ctrlKey: true, cancelable: true }));
          move();
        });
        const busyMoving = await taskSeconds(devtools);
        const moving = await framesOf(page, Math.min(10, seconds));
        const span = (moving.at(-1)! - moving[0]!) / 1000;
        report.value('samples known', source.samples(), '');
        report.value('frames while all charts are moved', (moving.length - 1) / span, '/s');
        report.value(
          'load of the main thread then',
          (100 * ((await taskSeconds(devtools)) - busyMoving)) / span,
          '%',
        );
      },
    );
  } finally {
    source.stop();
    await server.close();
  }
}

/** Times of animation frames (ms) over some seconds. */
function framesOf(page: Page, duration: number): Promise<number[]> {
  return page.evaluate(
    (ms) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        const tick = (time: number) => {
          times.push(time);
          if (time - times[0]! > ms) resolve(times);
          else requestAnimationFrame(tick);
        };
        requestAnimationFrame(tick);
      }),
    duration * 1000,
  );
}

/** Live heap, after a collection. */
async function heap(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  return usedSize;
}

async function taskSeconds(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
}

/** A live twin of ten charts with five noisy signals each. */
function startSource() {
  const base = pumpStation().hello;
  const ids = Array.from(
    { length: seriesCount },
    (_, i) => `plant[${Math.floor(i / 5) + 1}].signal[${(i % 5) + 1}]`,
  );
  const series: SeriesInfo[] = ids.map((id) => ({
    id,
    label: id,
    doc: '',
    unit: unit.mms,
    base: 'number',
    held: false,
  }));
  const charts = seriesCount / 5;
  let samples = 0;
  const timers = new Set<ReturnType<typeof setInterval>>();
  const open = (emit: (message: ToPreview) => void) => {
    let sent = 0;
    const start = performance.now();
    const status = (time: number): ToPreview => ({
      type: 'status',
      status: {
        mode: 'live',
        scenario: null,
        playing: true,
        speed: 1,
        time,
        start: 0,
        end: null,
        computed: time,
        trouble: null,
        connections: [],
        counts: {},
      },
    });
    return {
      receive(message: { type: string }) {
        if (message.type !== 'ready') return;
        emit({
          ...base,
          series,
          sensors: [],
          parameters: [],
          alarms: [],
          structure: { ...base.structure, series: [], children: [] },
          probes: Array.from({ length: charts }, (_, i) => ({
            probe: i,
            text: `plant[${i + 1}]`,
            series: ids.slice(5 * i, 5 * i + 5),
          })),
          views: [
            {
              title: 'Load',
              derived: true,
              widgets: Array.from({ length: charts / 2 }, (_, i) => ({
                kind: 'row' as const,
                title: '',
                widgets: [2 * i, 2 * i + 1].map((probe) => ({
                  kind: 'chart' as const,
                  title: `Plant ${probe + 1}`,
                  series: [{ probe }],
                  window: 30,
                })),
              })),
            },
          ],
        });
        emit(status(0));
        timers.add(
          setInterval(() => {
            const until = Math.floor((past + (performance.now() - start) / 1000) * rows);
            const times: number[] = [];
            for (; sent < until; sent++) times.push(sent / rows);
            if (times.length === 0) return;
            const columns = ids.map((_, i) =>
              times.map(
                (time) =>
                  1e-3 * (i % 5) + 1e-3 * Math.sin(time * (1 + (i % 7))) + 2e-4 * Math.sin(997 * time),
              ),
            );
            samples += times.length * seriesCount;
            emit({
              type: 'frame',
              series: ids,
              times,
              columns,
              now: columns.map((column) => column.at(-1)!),
              time: times.at(-1)!,
            });
            if (sent % rows < 5) emit(status(times.at(-1)!));
          }, 1000 / batches),
        );
      },
    };
  };
  const stop = () => {
    for (const timer of timers) clearInterval(timer);
  };
  return { open, stop, samples: () => samples };
}
