/**
 * A live twin of ten thousand sensors, each with its rules, once a second from MQTT: what a core is busy with it, and how long it takes from a
 * sample to its alarm. POLLUX_BENCH_SECONDS says for how long.
 */
import { fork } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { ToPreview } from '../../preview/protocol.ts';
import { startRig } from '../live/rate.ts';
import { compileSensors } from '../live/sensors.ts';
import type { Sending } from '../live/sensors.ts';
import { quantile } from './harness.ts';
import type { Report } from './harness.ts';

const SENSORS = 10_000;
const WAYS: readonly [Sending, string][] = [
  ['alone', 'a message a sensor, without a time'],
  ['timed', 'a message a sensor, with the full second at which it measured, up to a second late'],
  ['gateway', 'a message for a hundred, with the full second, up to a second late'],
];

export default async function bench(report: Report): Promise<void> {
  const seconds = Number(process.env['POLLUX_BENCH_SECONDS'] ?? 30);
  for (const [sending, title] of WAYS) {
    report.note(`${SENSORS} sensors, ${title}:`);
    await measure(report, sending, seconds);
  }
}

async function measure(report: Report, sending: Sending, seconds: number): Promise<void> {
  const child = fork(new URL('../live/rate-devices.ts', import.meta.url), [String(SENSORS), sending], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const told = (): Promise<{ url?: string; sent?: number }> =>
    new Promise((resolve) => child.once('message', resolve));
  try {
    const { url } = await told();
    let written = 0;
    const delays: number[] = [];
    let started = NaN;
    const send = (message: ToPreview): void => {
      // As it goes to a page.
      written += JSON.stringify(message).length;
      if (message.type !== 'events') return;
      for (const { kind, time } of message.events)
        if (kind === 'alarm') delays.push(rig.session.now() - (started + 1000 * time));
    };
    const rig = await startRig(compileSensors(readLibraryFiles(), SENSORS, sending), url!, send);
    started = rig.session.keep()!.epoch;
    rig.session.receive({ type: 'ready' });
    rig.session.receive({
      type: 'subscribe',
      series: Array.from({ length: 8 }, (_, i) => `device[${i + 1}].v.measured`),
    });
    const now = (): number => (rig.session.now() - started) / 1000;
    while (now() < 3) await new Promise((resolve) => setTimeout(resolve, 100));
    delays.length = written = 0;
    const loop = monitorEventLoopDelay({ resolution: 5 });
    loop.enable();
    let behind = 0;
    const look = setInterval(() => (behind = Math.max(behind, now() - rig.session.status()!.time)), 100);
    const [cpu, begun] = [process.cpuUsage(), performance.now()];
    const done = told();
    child.send(seconds);
    const { sent } = await done;
    const took = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    clearInterval(look);
    const { received, onTime, revised } = rig.counts();
    report.value('received', received! / sent!, 'of those sent');
    report.value('taken', (onTime! + revised!) / sent!, 'of those sent');
    report.value('of them late, so that time was gone over again', revised! / sent!, 'of those sent');
    report.value('samples', sent! / took, 'a second');
    report.value('CPU', (user + system) / 1e6 / took, 'of one core');
    report.value('the same', (user + system) / sent!, 'us a sample');
    report.value('behind the clock at most', behind, 's');
    report.value('event loop held up, 99 of 100 times less than', loop.percentile(99) / 1e6, 'ms');
    report.value('written for a page', written / took / 1024, 'KiB a second');
    if (sending === 'alone' && delays.length > 0) {
      report.value('alarms', delays.length, 'changes');
      report.value('from a sample to its alarm, half of the times less than', quantile(delays, 0.5), 'ms');
      report.value('the same, 99 of 100 times', quantile(delays, 0.99), 'ms');
    }
    report.value('memory (RSS)', process.memoryUsage.rss() / 2 ** 20, 'MiB');
    await rig.close();
  } finally {
    child.disconnect();
  }
}
