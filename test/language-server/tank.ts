/** A tank with a valve of another package: what most requests to the server are about, and a server that has both open. */
import { expect } from 'vitest';
import type { CompletionList, InitializeResult } from 'vscode-languageserver';
import { bundleServer, Client, position } from './client.ts';

export const uri = 'file:///nowhere/tank.twin';
export const partsUri = 'file:///nowhere/parts.twin';
export const PARTS = `package plant.parts

/// Lets water out.
asset Valve {
  param opening = 50 %  in 0 %..100 %
  let share     = opening
}
`;
export const TANK = `package plant

use plant.parts: Valve

/// Holds water.
asset Tank {
  param area    = 2 m2
  param inflow  = 6 m3/h  in 0 m3/h..10 m3/h
  state level   = 1 m
  part valve: Valve(opening = 30 %)
  let out       = valve.share * 2 m3/h
  der(level)    = (inflow - out) / area

  sensor gauge measures level every 1 s  noise normal(1 mm)

  alarm full: warning "Close the inlet" {
    raise when level > 3 m for 10 s
  }
}

twin T1: Tank(inflow = 5 m3/h)

scenario filling for T1 {
  run 1 h
}

test "does not overflow" on filling {
  require always level < 6 m
}
`;

/** A place in the tank. */
export const at = (part: string, move = 0, nth = 0) => ({
  textDocument: { uri },
  position: position(TANK, part, move, nth),
});
export const file = { textDocument: { uri } };

export interface Served {
  client: Client;
  capabilities: InitializeResult['capabilities'];
  /** Labels of a completion in a text of its own, in the order in which an editor shows them. */
  offered(text: string, cursor?: string): Promise<Offered[]>;
  labels(text: string): Promise<string[]>;
  stop(): Promise<void>;
}
export interface Offered {
  label: string;
  sortText?: string;
  detail?: string;
  list: CompletionList;
}

export async function serveTank(): Promise<Served> {
  const client = new Client(await bundleServer());
  const { capabilities } = await client.start();
  await client.open(partsUri, PARTS);
  await client.open(uri, TANK);
  const offered = async (text: string, cursor = '|'): Promise<Offered[]> => {
    const own = 'file:///nowhere/typing.twin';
    await client.open(own, text.replace(cursor, ''));
    const where = { textDocument: { uri: own }, position: position(text, cursor) };
    const list = await client.request<CompletionList>('textDocument/completion', where);
    await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri: own } });
    return list.items
      .toSorted((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1))
      .map(({ label, sortText, detail }) => ({ label, sortText, detail, list }));
  };
  return {
    client,
    capabilities,
    offered,
    labels: async (text) => (await offered(text)).map(({ label }) => label),
    async stop() {
      expect(await client.stop()).toBe(0);
      expect(client.stderr).toBe('');
    },
  };
}
