import type {
  StructureElements,
  StructureEnd,
  StructureJoin,
  StructureNode,
  StructurePort,
} from '../../ir/flat-shown.ts';
import type { Link } from '../../model/asset.ts';
import { boxOf } from '../equations/connections.ts';
import type { Connection, Terminal } from '../equations/connections.ts';
import type { Group } from '../instances/instances.ts';
import { given } from '../expressions/links.ts';
import { connectionsOf } from '../equations/joins.ts';
import type { Flattening } from '../flattening.ts';

/** The tree of parts, with what is joined in each of them. */
export function structureOf(flattening: Flattening, group: Group, name: string): StructureNode {
  const ports: StructurePort[] = [];
  const children: StructureNode[] = [];
  for (const part of group.type.parts) {
    const child = group.children.get(part.name);
    if (!child) continue;
    if (!part.port) children.push(structureOf(flattening, child, part.name));
    else
      ports.push({
        name: part.name,
        type: child.type.name,
        ...(child.size === undefined ? {} : { size: child.size }),
        variables: [...child.variables.values()],
      });
  }
  const joins =
    group.type.joins.length > 0 ? connectionsOf(flattening, group).map((one) => joinOf(group, one)) : [];
  const links = group.type.links.map((link) => ({ name: link.name, to: leadsTo(flattening, group, link) }));
  return {
    name,
    asset: group.type.name,
    doc: group.part?.doc || group.type.doc,
    ...(group.size === undefined ? {} : { size: group.size }),
    children,
    ...(ports.length > 0 ? { ports } : {}),
    ...(joins.length > 0 ? { joins } : {}),
    ...(links.length > 0 ? { links } : {}),
    variables: [...group.variables.values(), ...ports.flatMap((port) => port.variables)],
    sensors: [...group.sensors.values()],
    alarms: [...group.alarms.values()],
    source: group.part?.source ?? group.type.source,
  };
}

/** `tank[2]`, `station[].tank[1]`. */
function leadsTo(flattening: Flattening, group: Group, link: Link): string[] {
  const { targets, shared } = given(flattening, group, link);
  return targets.map(({ group: part, index }) => {
    let at = -shared;
    return part.path.replaceAll('[]', () => {
      const one = index[at];
      at += 1;
      return one === undefined ? '[]' : `[${one + 1}]`;
    });
  });
}

function joinOf(group: Group, connection: Connection): StructureJoin {
  const depth = group.dims.length;
  // The rounds of one instance: loops over the instances themselves are not counted.
  const free = connection.loops.filter((loop) =>
    connection.terminals.every(({ index }) =>
      index.slice(0, depth).every((at) => typeof at === 'number' || at.loop !== loop.variable),
    ),
  );
  return {
    rounds: free.reduce((product, loop) => product * (loop.to - loop.from), 1),
    ends: connection.terminals.map((terminal) => endOf(group, connection, terminal)),
    source: connection.sources[0]!,
  };
}

function endOf(group: Group, connection: Connection, terminal: Terminal): StructureEnd {
  const { group: port, index } = terminal;
  const part = port.parent === group ? undefined : port.parent!;
  const box = boxOf(connection, terminal);
  const elements = (dim: number): StructureElements => {
    const [from, to] = box[dim]!;
    const at = index[dim]!;
    const each = typeof at !== 'number' && connection.loops.some((loop) => loop.variable === at.loop);
    return { first: from + 1, count: to - from, each };
  };
  const depth = group.dims.length;
  return {
    ...(part ? { part: part.part!.name } : {}),
    port: port.part!.name,
    ...(part?.size === undefined ? {} : { partElements: elements(depth) }),
    ...(port.size === undefined ? {} : { portElements: elements(port.dims.length - 1) }),
  };
}
