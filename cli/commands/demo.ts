import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startBroker } from '../../live/broker.ts';
import { linkMqtt } from '../../live/mqtt/index.ts';
import { createPlant } from '../../live/plant.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { liveTwinOf } from '../live-twin.ts';
import { packageFolder } from '../package-folder.ts';
import { clockAt, openPage, showInBrowser, writeFacts } from '../page.ts';
import { unitReader } from '../read-unit.ts';
import { Exit } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { closeAll, untilStopped } from '../until-stopped.ts';
import { refusalOf, tellingOf } from './serve.ts';

export interface DemoOptions {
  root?: string;
  plant?: string;
  port?: number;
  /** How much faster than the world the plant's and the twin's clocks run. */
  speed?: number;
}

const SEED = 1;
/** s of the world that the twin waits for samples. */
const LAG = 0.25;

/**
 * A broker, a simulated plant that publishes to it, the live twin that listens, and its page, until stopped. The plant is
 * the same twin with a scenario of which the live one knows nothing. Without bindings: simulated.
 */
export async function demo(path: string, options: DemoOptions, terminal: Terminal): Promise<ExitCode> {
  // The example is part of the package, from wherever it is called.
  const place = existsSync(path) ? path : join(packageFolder(), path);
  const found = liveTwinOf(
    existsSync(place) ? place : path,
    { root: options.root, scenario: options.plant },
    terminal,
  );
  if (found === undefined) return Exit.findings;
  const { artefact, scenario } = found;
  const { manifest } = artefact;
  const live = manifest.bindings.some(
    ({ protocol, direction }) => protocol === 'mqtt' && direction === 'from',
  );
  const clock = clockAt(options.speed);
  const closing: (() => unknown)[] = [];
  try {
    const page = await openPage({
      port: options.port,
      mode: live ? 'live' : 'simulate',
      scenario,
      clock,
      lag: LAG * (options.speed ?? 1),
    });
    closing.push(() => page.close());
    const facts: [string, string][] = [['page', terminal.style('cyan', page.address)]];
    if (live) {
      const broker = await startBroker();
      closing.push(() => broker.close());
      const settings = { url: broker.url };
      const plant = createPlant({
        manifest,
        kernel: kernelFactory(artefact),
        ...(scenario === undefined ? {} : { scenario }),
        seed: SEED,
        settings,
        now: clock,
      });
      closing.push(() => plant.close());
      let heard = (): void => undefined;
      const hearing = new Promise<void>((resolve) => {
        heard = resolve;
      });
      const receiver = tellingOf(page.session, { ...terminal, err: () => undefined });
      const link = linkMqtt({
        manifest,
        settings,
        readUnit: unitReader(),
        receiver: {
          ...receiver,
          connection: (name, state) => {
            receiver.connection(name, state);
            if (state.state === 'connected') heard();
          },
        },
      });
      closing.push(() => link.close());
      page.session.attach(link);
      await Promise.all([plant.connected, hearing]);
      page.start(artefact);
      plant.start();
      facts.push(
        ['broker', `${broker.url} (within this process)`],
        ['plant', `simulated${scenario === undefined ? '' : `: ${scenario}`}`],
      );
    } else {
      page.start(artefact);
      facts.push([
        'data',
        `simulated${scenario === undefined ? '' : `: ${scenario}`} (no bind block for mqtt)`,
      ]);
    }
    terminal.out(`${terminal.style('bold', manifest.title || manifest.name)}\n`);
    writeFacts(facts, terminal);
    terminal.out(`${terminal.style('dim', 'Ctrl-C stops everything.')}\n`);
    showInBrowser(page.address, terminal);
  } catch (error) {
    await closeAll(closing);
    throw refusalOf(error);
  }
  await untilStopped(closing);
  return Exit.fine;
}
