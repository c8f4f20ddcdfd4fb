/** Many sensors through a broker, as devices and gateways send: all that is sent is taken, at its time, and ends as one by one would. */
import { afterEach, describe, expect, it } from 'vitest';
import { libraryFiles } from '../../library/embedded.ts';
import { until } from './fixture.ts';
import { startBroker, startRig } from './rate.ts';
import { compileSensors, startSensors } from './sensors.ts';
import type { Sending } from './sensors.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const SENSORS = 1200;
const SECONDS = 2;

describe('twelve hundred sensors', () => {
  it.each<Sending>(['alone', 'timed', 'gateway'])(
    'whose values come %s: every one is counted',
    async (sending) => {
      const artefact = compileSensors(libraryFiles, SENSORS, sending);
      const broker = await startBroker();
      closing.push(broker.close);
      const rig = await startRig(artefact, broker.url, () => {});
      closing.push(rig.close);
      // What was measured before the twin's time 0 is none of it.
      await until('a second has passed', () => rig.session.twin()!.time() > 1);
      const devices = await startSensors(broker.url, SENSORS, sending);
      closing.push(devices.close);
      const total = await devices.run(SECONDS);
      expect(total).toBe(SENSORS * SECONDS);
      const received = (): number | undefined => rig.counts()['received'];
      await until('all are in', () => received() === total, 20_000, received);
      const { onTime, revised, dropped, duplicate, notANumber } = rig.counts();
      expect({ all: onTime! + revised!, dropped, duplicate, notANumber }).toEqual({
        all: total,
        dropped: 0,
        duplicate: 0,
        notANumber: 0,
      });
      const last = (rig.session.now() - rig.session.keep()!.epoch) / 1000;
      const time = (): number => rig.session.twin()!.time();
      await until('the twin has passed the last', () => time() > last, 10_000, time);
      const twin = rig.session.twin()!;
      expect(twin.trouble()).toBeUndefined();
      const { samples } = twin.machine;
      expect(Array.from(samples)).toEqual(Array.from({ length: SENSORS }, () => SECONDS));
    },
  );
});
