/**
 * Broker and devices in a process of their own, so that the bench measures the session alone. Told over IPC how long to send. With a number of
 * sensors and how they send as arguments: those, once a second each.
 */
import process from 'node:process';
import { startBroker, startDevices } from './rate.ts';
import { startSensors } from './sensors.ts';
import type { Sending } from './sensors.ts';

const [sensors, sending] = process.argv.slice(2);
const broker = await startBroker();
const devices =
  sensors === undefined
    ? await startDevices(broker.url)
    : await startSensors(broker.url, Number(sensors), sending as Sending);
process.send!({ url: broker.url });
process.on('message', (seconds: number) => {
  void devices.run(seconds).then((sent) => process.send!({ sent }));
});
process.on('disconnect', () => process.exit());
