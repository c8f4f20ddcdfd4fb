/**
 * Ten thousand sensor samples a second from MQTT through rules and the preview's frames, for ten minutes: is every sample
 * counted, does the twin keep up with the clock, and does the memory stay flat? POLLUX_BENCH_SECONDS makes it shorter.
 */
import { fork } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { ToPreview } from '../../preview/protocol.ts';
import { compileRate, startRig } from '../live/rate.ts';
import type { Report } from './harness.ts';

export default async function bench(report: Report): Promise<void> {
  const seconds = Number(process.env['POLLUX_BENCH_SECONDS'] ?? 600);
  const child = fork(new URL('../live/rate-devices.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const told = (): Promise<{ url?: string; sent?: number }> =>
    new Promise((resolve) => child.once('message', resolve));
  try {
    const { url } = await told();
    let frames = 0;
    let alarms = 0;
    const send = (message: ToPreview): void => {
      if (message.type === 'frame') frames += 1;
      if (message.type === 'events') alarms += message.events.length;
    };
    const rig = await startRig(compileRate(readLibraryFiles()), url!, send);
    rig.session.receive({ type: 'ready' });
    rig.session.receive({
      type: 'subscribe',
      series: Array.from({ length: 8 }, (_, i) => `device[${i + 1}].vibration.measured`),
    });
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const cpu = process.cpuUsage();
    const begun = performance.now();
    const memory: { at: number; megabytes: number }[] = [];
    const look = setInterval(
      () =>
        memory.push({
          at: (performance.now() - begun) / 1000,
          megabytes: process.memoryUsage.rss() / 2 ** 20,
        }),
      1000,
    );
    const done = told();
    child.send(seconds);
    const { sent } = await done;
    const took = (performance.now() - begun) / 1000;
    const used = process.cpuUsage(cpu);
    const epochLag = (rig.session.status()!.counts['received'] ?? 0) / sent!;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    clearInterval(look);
    const { received, onTime, revised, dropped, duplicate } = rig.counts();
    report.note(`${sent} samples in ${took.toFixed(0)} s; ${(sent! / took).toFixed(0)} a second`);
    report.value('received', received! / sent!, 'of those sent');
    report.value('received at the moment when the last was sent', epochLag, 'of those sent');
    report.value('taken in time', onTime! / sent!, 'of those sent');
    report.value('revised, dropped, duplicate', revised! + dropped! + duplicate!, 'samples');
    report.value('alarm changes told', alarms, 'events');
    report.value('frames', frames / took, 'a second');
    report.value('CPU', (used.user + used.system) / 1e6 / took, 'of one core');
    report.value('event loop held up, 99 of 100 times less than', delay.percentile(99) / 1e6, 'ms');
    const part = (from: number, to: number): number => {
      const values = memory
        .filter(({ at }) => at >= from * took && at <= to * took)
        .map(({ megabytes }) => megabytes);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    report.value('memory (RSS) in the second tenth of the time', part(0.1, 0.2), 'MiB');
    report.value('memory (RSS) halfway', part(0.45, 0.55), 'MiB');
    report.value('memory (RSS) in the last tenth', part(0.9, 1), 'MiB');
    await rig.close();
  } finally {
    child.disconnect();
  }
}
