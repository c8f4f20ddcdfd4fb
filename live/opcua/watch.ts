/**
 * One session: the nodes that bindings read are subscribed to. A server tells of a value when it changes, so a node that says nothing for half
 * of its `stale` is asked, and so is one whose last word came too late to be used; one that cannot be read is tried again from time to time.
 */
import { AttributeIds, ClientMonitoredItemGroup, TimestampsToReturn } from 'node-opcua-client';
import type { ClientSession, NodeId } from 'node-opcua-client';
import type { Incoming, Node } from './incoming.ts';
import { heldOf, likeNode, portions, readAll, resolve, unitsOf } from './server.ts';
import { whyUnread } from './words.ts';

const PUBLISHING = 100;
/** Values of a node that the server keeps between two publications. */
const QUEUE = 50;
const TICK = 250;
/** ms until a node that could not be read is tried again. */
const AGAIN = 30_000;
/** Nodes that are not there for which one of a like name is looked for. */
const MOST_LIKE = 5;

export interface Watch {
  stop(): void;
}

export async function watch(
  session: ClientSession,
  namespaces: readonly string[],
  incoming: Incoming,
  lost: (why: string) => void,
): Promise<Watch> {
  const { nodes } = incoming;
  const heard = new Map<Node, number>();
  const waiting = new Map<Node, NodeId>();
  const watched = new Map<Node, NodeId>();
  /** A value of theirs was not used, and may be the one that they still have. */
  const passed = new Set<Node>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    stopped = true;
    clearTimeout(timer);
  };
  if (nodes.length === 0) return { stop };
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: PUBLISHING,
    requestedMaxKeepAliveCount: 50,
    requestedLifetimeCount: 600,
    maxNotificationsPerPublish: 1000,
    publishingEnabled: true,
  });
  // A group of items wants to know it by a name that minifying takes away.
  Object.defineProperty(subscription.constructor, 'name', { value: 'ClientSubscriptionImpl' });
  subscription.on('terminated', () => lost('the server ended the subscription'));
  subscription.on('internal_error', () => lost('the server ended the subscription'));

  let looked = 0;
  const unread = async (node: Node, id: NodeId, why: string): Promise<void> => {
    let like: string | undefined;
    if (why === whyUnread('BadNodeIdUnknown') && looked < MOST_LIKE) {
      looked += 1;
      like = await likeNode(session, id).catch(() => undefined);
    }
    const hint =
      like === undefined ? 'Compare the binding with a browser of the server.' : `Did you mean ${like}?`;
    incoming.unread(node, {
      kind: 'missing',
      text: why.startsWith('The server has') ? `${why} ${hint}` : why,
    });
  };

  /** Subscribes to those of them that can be read. */
  const begin = async (some: readonly (readonly [Node, NodeId])[]): Promise<void> => {
    const values = await readAll(
      session,
      some.map(([, id]) => id),
    );
    const good: (readonly [Node, NodeId])[] = [];
    for (const [n, pair] of some.entries()) {
      const why = whyUnread(values[n]!.statusCode.name);
      if (why === undefined) good.push(pair);
      else {
        waiting.set(...pair);
        await unread(...pair, why);
      }
    }
    const units = await unitsOf(
      session,
      good.map(([, id]) => id),
    ).catch(() => []);
    for (const [n, unit] of units.entries()) if (unit !== undefined) incoming.unit(good[n]![0], unit);
    for (const sampling of new Set(good.map(([node]) => node.sampling)))
      for (const portion of portions(good.filter(([node]) => node.sampling === sampling)))
        await monitor(portion, sampling);
  };

  const monitor = async (portion: readonly (readonly [Node, NodeId])[], sampling: number): Promise<void> => {
    const group = ClientMonitoredItemGroup.create(
      subscription,
      portion.map(([, nodeId]) => ({ nodeId, attributeId: AttributeIds.Value })),
      { samplingInterval: sampling, queueSize: QUEUE, discardOldest: true },
      TimestampsToReturn.Both,
    );
    group.on('changed', (_item, value, index) => {
      const node = portion[index]?.[0];
      if (node === undefined || stopped) return;
      const first = !heard.has(node);
      heard.set(node, performance.now());
      incoming.held(node, heldOf(value), first, () => passed.add(node));
    });
    await new Promise<void>((done, fail) => {
      group.on('initialized', done);
      group.on('err', (message) => fail(new Error(message)));
    });
    for (const [n, item] of group.monitoredItems.entries()) {
      const [node, id] = portion[n]!;
      const status = item.statusCode;
      waiting.delete(node);
      if (status.isGood()) watched.set(node, id);
      else {
        waiting.set(node, id);
        incoming.unread(node, {
          kind: 'missing',
          text: `The server does not watch it: it says ${status.name}.`,
        });
      }
    }
  };

  const found: [Node, NodeId][] = [];
  for (const node of nodes) {
    const id = resolve(node.text, namespaces);
    if ('problem' in id) incoming.unread(node, { kind: 'missing', text: id.problem });
    else found.push([node, id]);
  }
  await begin(found);

  let tried = performance.now();
  const look = async (): Promise<void> => {
    const now = performance.now();
    const quiet = [...watched].filter(
      ([node]) => passed.has(node) || now - (heard.get(node) ?? -Infinity) >= node.every,
    );
    passed.clear();
    for (const [node] of quiet) heard.set(node, now);
    const values = await readAll(
      session,
      quiet.map(([, id]) => id),
    );
    for (const [n, [node]] of quiet.entries()) {
      // What came meanwhile is newer.
      if (heard.get(node) === now) incoming.held(node, heldOf(values[n]!), true);
    }
    if (waiting.size === 0 || now - tried < AGAIN) return;
    tried = now;
    await begin([...waiting]);
  };
  const tick = (): void => {
    timer = setTimeout(() => {
      // Whether the connection still stands is found out elsewhere.
      void look()
        .catch(() => undefined)
        .finally(() => {
          if (!stopped) tick();
        });
    }, TICK);
  };
  tick();
  return { stop };
}
