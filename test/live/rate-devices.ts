/** Broker and devices in a process of their own, so that the bench measures the session alone. Told over IPC how long to send. */
import process from 'node:process';
import { startBroker, startDevices } from './rate.ts';

const broker = await startBroker();
const devices = await startDevices(broker.url);
process.send!({ url: broker.url });
process.on('message', (seconds: number) => {
  void devices.run(seconds).then((sent) => process.send!({ sent }));
});
process.on('disconnect', () => process.exit());
