/** Links to servers on loopback, which end with the test that made them. */
import { DataType } from 'node-opcua-client';
import { afterEach } from 'vitest';
import { linkOpcua } from '../../live/opcua/index.ts';
import type { OpcuaSettings } from '../../live/opcua/settings.ts';
import type { ManifestBinding } from '../../runtime/contract/manifest.ts';
import { manifestWith, receiver, until } from './fixture.ts';
import { startServer } from './opcua-server.ts';
import type { PlantOptions, PlantServer } from './opcua-server.ts';

export type Bound = Parameters<typeof manifestWith>[0][number];
export const bind = (bound: Bound, node: string, more: Partial<ManifestBinding> = {}): Bound => ({
  ...bound,
  ...more,
  protocol: 'opcua',
  arguments: { '0': node, ...more.arguments },
});
export const number = (value: number): PlantOptions['nodes'][string] => ({ type: DataType.Double, value });

/** To be called once in a file: after each test all that it made is closed, the last first. */
export function plants() {
  const closing: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  return {
    closing,
    async server(options: PlantOptions): Promise<PlantServer> {
      const started = await startServer(options);
      closing.push(() => started.stop());
      return started;
    },
    link(
      bindings: readonly Bound[],
      settings: OpcuaSettings,
      readUnit?: Parameters<typeof linkOpcua>[0]['readUnit'],
    ) {
      const into = receiver();
      const manifest = manifestWith(bindings);
      const made = linkOpcua({ manifest, settings, receiver: into.self, ...(readUnit && { readUnit }) });
      closing.push(() => made.close());
      return {
        ...into,
        link: made,
        connected: () => until('connected', () => into.states.at(-1)?.state === 'connected'),
      };
    },
  };
}
