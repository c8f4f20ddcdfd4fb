/** One session: what ports are to hold is written, the latest of each, as many at once as are due. */
import { AttributeIds, StatusCodes } from 'node-opcua-client';
import type { ClientSession, DataType, NodeId, Variant } from 'node-opcua-client';
import { restOf } from './outgoing.ts';
import type { Port } from './outgoing.ts';
import { portions, readAll, resolve } from './server.ts';
import { variantOf } from './variant.ts';
import { whyUnwritten } from './words.ts';

export interface WriteListener {
  sent(): void;
  notSent(port: Port, why: string): void;
}

export interface Writer {
  /** Something is due. */
  flush(): void;
  stop(): void;
}

export async function writer(
  session: ClientSession,
  namespaces: readonly string[],
  ports: readonly Port[],
  { sent, notSent }: WriteListener,
): Promise<Writer> {
  const known = new Map<Port, { id: NodeId; type: DataType }>();
  const found: [Port, NodeId][] = [];
  for (const port of ports) {
    const id = resolve(port.node, namespaces);
    if ('problem' in id) notSent(port, id.problem.replace(/\.$/, ''));
    else found.push([port, id]);
  }
  const ids = found.map(([, id]) => id);
  const types = await readAll(session, ids, AttributeIds.DataType);
  const values = await readAll(session, ids);
  for (const [n, [port, id]] of found.entries()) {
    const { statusCode, value } = types[n]!;
    const declared = builtIn(value.value);
    if (!statusCode.isGood()) notSent(port, whyUnwritten(statusCode.name));
    else known.set(port, { id, type: declared ?? values[n]!.value.dataType });
  }

  let stopped = false;
  let busy = false;
  let timer: NodeJS.Timeout | undefined;
  const round = async (): Promise<void> => {
    const now = performance.now();
    const due: { port: Port; id: NodeId; variant: Variant }[] = [];
    for (const port of ports) {
      const node = known.get(port);
      if (!port.due || node === undefined || port.wanted === undefined || restOf(port, now) > 0) continue;
      port.due = false;
      port.writtenAt = now;
      const variant = variantOf(port.wanted, node.type);
      if ('problem' in variant) notSent(port, variant.problem);
      else due.push({ port, id: node.id, variant });
    }
    for (const some of portions(due)) {
      try {
        const statuses = await session.write(
          some.map(({ id, variant }) => ({
            nodeId: id,
            attributeId: AttributeIds.Value,
            value: { value: variant },
          })),
        );
        for (const [n, { port }] of some.entries()) {
          const status = statuses[n] ?? StatusCodes.BadUnexpectedError;
          // GoodClamped, GoodCompletesAsynchronously: the server has taken it.
          if (status.value < 0x4000_0000 && status.value >= 0) sent();
          else notSent(port, whyUnwritten(status.name));
        }
      } catch {
        // The connection broke: it is written when there is another.
        for (const { port } of some) port.due = true;
        return;
      }
    }
  };
  const flush = (): void => {
    if (busy || stopped) return;
    busy = true;
    clearTimeout(timer);
    void round().finally(() => {
      busy = false;
      const waits = ports.filter((port) => port.due && known.has(port));
      if (waits.length === 0 || stopped) return;
      const rest = Math.min(...waits.map((port) => restOf(port, performance.now())));
      timer = setTimeout(flush, Math.max(1, rest));
    });
  };
  return {
    flush,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** A type that a node declares, where it is one of those that every server has. */
function builtIn(declared: unknown): DataType | undefined {
  const { namespace, value } = (declared ?? {}) as { namespace?: unknown; value?: unknown };
  return namespace === 0 && typeof value === 'number' && value >= 1 && value <= 12 ? value : undefined;
}
