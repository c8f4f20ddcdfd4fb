/** What is asked of a server about nodes: which there are, what they hold, their units; in portions that small ones take. */
import {
  AttributeIds,
  BrowseDirection,
  BrowsePath,
  DataType,
  NodeId,
  resolveNodeId,
  VariantArrayType,
} from 'node-opcua-client';
import type { ClientSession, DataValue } from 'node-opcua-client';
import { parseNodeId } from '../../runtime/contract/node-id.ts';
import { excerpt } from '../faults.ts';
import type { EngineeringUnit, Held } from './incoming.ts';
import { nearest } from './nearest.ts';

/** Small servers take no more in one request. */
export const PORTION = 100;
/** Looking for a node that has a name like the one that is not there: nodes and ms at most. */
const MOST_LOOKED_AT = 5000;
const LONGEST_LOOK = 3000;
/** Names in one answer. */
const MOST_CHILDREN = 500;

const NAMESPACE_ARRAY = 'i=2255';
const OBJECTS_FOLDER = 'i=85';
const HAS_PROPERTY = 'i=46';
const HIERARCHICAL = 'i=33';
const OBJECTS_AND_VARIABLES = 3;

export const portions = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / PORTION) }, (_, n) =>
    all.slice(n * PORTION, (n + 1) * PORTION),
  );

export async function namespacesOf(session: ClientSession): Promise<string[]> {
  const { value } = await session.read({ nodeId: NAMESPACE_ARRAY, attributeId: AttributeIds.Value });
  return Array.isArray(value.value) ? value.value.map(String) : [];
}

/** A node id as a binding writes it → as this server numbers it, or why there is none. */
export function resolve(text: string, namespaces: readonly string[]): NodeId | { problem: string } {
  const parsed = parseNodeId(text);
  if ('problem' in parsed) return { problem: `${excerpt(text)} ${parsed.problem}. ${parsed.help}` };
  const { namespace, kind, value } = parsed;
  const index = typeof namespace === 'number' ? namespace : namespaces.indexOf(namespace);
  if (index < 0 || (namespaces.length > 0 && index >= namespaces.length)) {
    const shown = namespaces
      .slice(0, 10)
      .map((uri, n) => `${n} ${excerpt(uri)}`)
      .join(', ');
    return {
      problem: `The server has no namespace ${typeof namespace === 'number' ? namespace : excerpt(namespace)}; it has ${shown}.`,
    };
  }
  return kind === 's'
    ? new NodeId(NodeId.NodeIdType.STRING, value, index)
    : resolveNodeId(`ns=${index};${kind}=${value}`);
}

export async function readAll(
  session: ClientSession,
  nodes: readonly NodeId[],
  attributeId: AttributeIds = AttributeIds.Value,
): Promise<DataValue[]> {
  const all: DataValue[] = [];
  for (const some of portions(nodes))
    all.push(
      ...(await session.read(
        some.map((nodeId) => ({ nodeId, attributeId })),
        0,
      )),
    );
  return all;
}

export function heldOf({ value, statusCode, sourceTimestamp }: DataValue): Held {
  const { dataType, arrayType } = value;
  const name = DataType[dataType] ?? 'something unknown';
  const time = sourceTimestamp?.getTime();
  return {
    value: arrayType === VariantArrayType.Scalar ? scalar(dataType, value.value) : undefined,
    what:
      dataType === DataType.Null
        ? 'nothing'
        : arrayType === VariantArrayType.Scalar
          ? name
          : `an array of ${name}`,
    quality: statusCode.isGood()
      ? 'good'
      : statusCode.value >= 0x8000_0000 || statusCode.value < 0
        ? 'bad'
        : 'uncertain',
    status: statusCode.name,
    // Servers write 1601 where they know none.
    ...(time === undefined || !(time > 0) ? {} : { time }),
  };
}

function scalar(type: DataType, value: unknown): Held['value'] {
  if (type === DataType.Int64 || type === DataType.UInt64) {
    if (!Array.isArray(value)) return undefined;
    const [high, low] = value as [number, number];
    const whole = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    return Number(type === DataType.Int64 ? BigInt.asIntN(64, whole) : whole);
  }
  if (type < DataType.Boolean || type > DataType.String) return undefined;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
    ? value
    : undefined;
}

const ENGINEERING_UNITS = {
  referenceTypeId: resolveNodeId(HAS_PROPERTY),
  isInverse: false,
  includeSubtypes: true,
  targetName: { namespaceIndex: 0, name: 'EngineeringUnits' },
};

/** The unit of each node, where the server tells it. */
export async function unitsOf(
  session: ClientSession,
  nodes: readonly NodeId[],
): Promise<(EngineeringUnit | undefined)[]> {
  const found: (EngineeringUnit | undefined)[] = nodes.map(() => undefined);
  let offset = 0;
  for (const some of portions(nodes)) {
    const results = await session.translateBrowsePath(
      some.map(
        (startingNode) => new BrowsePath({ startingNode, relativePath: { elements: [ENGINEERING_UNITS] } }),
      ),
    );
    const places: number[] = [];
    const properties: NodeId[] = [];
    for (const [n, { targets }] of results.entries()) {
      const target = targets?.[0]?.targetId;
      if (target === undefined) continue;
      places.push(offset + n);
      properties.push(target);
    }
    for (const [n, { value }] of (await readAll(session, properties)).entries()) {
      const unit = value.value as { unitId?: unknown; displayName?: { text?: unknown } } | null | undefined;
      const text = unit?.displayName?.text;
      if (typeof unit?.unitId === 'number')
        found[places[n]!] = { id: unit.unitId, text: typeof text === 'string' ? text : '' };
    }
    offset += some.length;
  }
  return found;
}

/** A node of the server whose name is like one that is not there. Looks for a while only. */
export async function likeNode(session: ClientSession, wanted: NodeId, until = Date.now() + LONGEST_LOOK) {
  if (wanted.identifierType !== NodeId.NodeIdType.STRING) return undefined;
  const seen = new Set<string>();
  const names = new Set<string>();
  const next: NodeId[] = [resolveNodeId(OBJECTS_FOLDER)];
  while (next.length > 0 && seen.size < MOST_LOOKED_AT && Date.now() < until) {
    const results = await session.browse(
      next.splice(0, PORTION).map((nodeId) => ({
        nodeId,
        browseDirection: BrowseDirection.Forward,
        referenceTypeId: resolveNodeId(HIERARCHICAL),
        includeSubtypes: true,
        nodeClassMask: OBJECTS_AND_VARIABLES,
        resultMask: 0,
      })),
    );
    for (const { references } of results)
      for (const { nodeId } of (references ?? []).slice(0, MOST_CHILDREN)) {
        const key = nodeId.toString();
        if (seen.has(key) || seen.size >= MOST_LOOKED_AT) continue;
        seen.add(key);
        // What every server has says nothing of the plant.
        if (nodeId.namespace === 0) continue;
        next.push(new NodeId(nodeId.identifierType, nodeId.value, nodeId.namespace));
        if (nodeId.identifierType === NodeId.NodeIdType.STRING) names.add(key);
      }
  }
  return nearest(wanted.toString(), names);
}
