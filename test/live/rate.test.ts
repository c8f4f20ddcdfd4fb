/** Ten thousand samples a second through a broker, rules and frames: every one counted, every alarm change told. */
import { afterEach, expect, it } from 'vitest';
import { libraryFiles } from '../../library/embedded.ts';
import type { ToPreview } from '../../preview/protocol.ts';
import { until } from './fixture.ts';
import { compileRate, DEVICES, HALF_PERIOD, startBroker, startDevices, startRig } from './rate.ts';
import { createTold } from './told.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it('ten thousand samples a second for three seconds: counts are exact', async () => {
  const artefact = compileRate(libraryFiles);
  const broker = await startBroker();
  closing.push(broker.close);
  const told = createTold();
  let shown = 0;
  const send = (message: ToPreview): void => {
    told.hear(message);
    if (message.type === 'frame') shown = message.time;
  };
  const alarms = (): number => told.events().filter(({ kind }) => kind === 'alarm').length;
  const rig = await startRig(artefact, broker.url, send);
  closing.push(rig.close);
  rig.session.receive({ type: 'ready' });
  rig.session.receive({ type: 'subscribe', series: ['device[1].vibration.measured'] });
  const devices = await startDevices(broker.url);
  closing.push(devices.close);
  const total = await devices.run(3);
  expect(total).toBe(30_000);
  const received = (): number | undefined => rig.counts()['received'];
  await until('all are in', () => received() === total, 60_000, received);
  const { onTime, revised, dropped, duplicate, notANumber } = rig.counts();
  expect({ all: onTime! + revised!, dropped, duplicate, notANumber }).toEqual({
    all: total,
    dropped: 0,
    duplicate: 0,
    notANumber: 0,
  });
  // 300 rounds: low 25, high 25, and so on: 11 changes of each alarm.
  const changes = DEVICES * (300 / HALF_PERIOD - 1);
  const last = (rig.session.now() - rig.session.keep()!.epoch) / 1000;
  await until(
    'frames have passed the last sample',
    () => shown > last,
    60_000,
    () => shown,
  );
  await until(`${changes} alarm changes`, () => alarms() >= changes, 60_000, alarms);
  expect(alarms()).toBe(changes);
});
