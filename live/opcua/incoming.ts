/** What a server says of its nodes → samples. Knows nothing of how it is asked. */
import type { Manifest, Unit } from '../../runtime/contract/manifest.ts';
import { parseNodeId } from '../../runtime/contract/node-id.ts';
import { excerpt } from '../faults.ts';
import type { FaultKind } from '../faults.ts';
import { createIntake } from '../intake/intake.ts';
import type { IntakeOptions, Sent } from '../intake/intake.ts';
import { LARGEST_PAYLOAD, messageOf, read, readValue } from '../intake/payload.ts';
import type { Problem, Reading } from '../intake/payload.ts';
import { BindingError, readersOf as readersBy } from '../intake/readers.ts';
import type { Reader } from '../intake/readers.ts';
import type { ReadUnit } from '../units.ts';
import { unitOfCode } from './unece.ts';

/** What a node holds at a time, as a server tells it. */
export interface Held {
  /** undefined: neither a number, true or false nor a text. */
  value: number | boolean | string | undefined;
  /** `Double`, `an array of Float`. */
  what: string;
  quality: 'good' | 'uncertain' | 'bad';
  /** `BadNoCommunication` */
  status: string;
  /** ms since 1970, by the source's clock. */
  time?: number;
}

/** What a server says of a node's unit. */
export interface EngineeringUnit {
  /** UNECE common code as a number (Part 8, 5.6.3); -1 where it has none. */
  id: number;
  text: string;
}

export interface Node {
  text: string;
  readers: readonly Reader[];
  /** ms. */
  sampling: number;
  /** ms between two looks at a node that says nothing; Infinity: none. */
  every: number;
}

export interface Incoming {
  readonly nodes: readonly Node[];
  /**
   * `now`: what the node holds at this moment, however long it has held it. `passed`: told when it is not used since something newer was there,
   * as where the clock of the source is behind.
   */
  held(node: Node, held: Held, now: boolean, passed?: () => void): void;
  /** The node cannot be read: told once. */
  unread(node: Node, problem: Problem): void;
  /** The unit of a node by its server, before any of its values. */
  unit(node: Node, unit: EngineeringUnit): void;
}

/** What a sample is that is not used since there was one of its time, or of a later one: it may be what the node has now all the same. */
const PASSED: ReadonlySet<FaultKind> = new Set(['late', 'outOfOrder', 'duplicate']);
const USUAL_SAMPLING = 250;
const FASTEST = 1;

export function nodeOf(bound: Manifest['bindings'][number]['arguments'], name: string): string {
  const node = bound['0'] ?? bound['node'];
  if (typeof node !== 'string')
    throw new BindingError(`The binding of ${name} names no node: write opcua("ns=2;s=…").`);
  const parsed = parseNodeId(node);
  if ('problem' in parsed)
    throw new BindingError(
      `The binding of ${name} has the node ${excerpt(node)}, which ${parsed.problem}. ${parsed.help}`,
    );
  return node;
}

export interface IncomingOptions extends Omit<IntakeOptions, 'readers'> {
  manifest: Manifest;
  readUnit?: ReadUnit;
}

export function createIncoming(options: IncomingOptions): Incoming {
  const { manifest, faults, receiver, readUnit } = options;
  const readers = readersBy(manifest, { name: 'opcua', addressOf: nodeOf });
  const nodes = [...readers].map(([text, wanted]): Node => {
    const bindings = wanted.map(({ binding }) => manifest.bindings[binding]!);
    const sampling = Math.min(
      ...bindings.map(({ arguments: bound }) =>
        Math.max(FASTEST, Number(bound['sampling'] ?? USUAL_SAMPLING)),
      ),
    );
    const stale = Math.min(...bindings.map((each) => each.stale ?? Infinity));
    return { text, readers: wanted, sampling, every: Math.max(sampling, 500 * stale) };
  });
  const intake = createIntake({
    ...options,
    readers: nodes.reduce((sum, node) => sum + node.readers.length, 0),
  });
  const uncertain = new Set(
    manifest.bindings.flatMap((each, index) => (each.arguments['uncertain'] === true ? [index] : [])),
  );
  const units = new Map<string, Unit & { said: string }>();

  const sentOf = (node: Node, reader: Reader, held: Held | undefined, retained: boolean): Sent => ({
    reader,
    source: `opcua ${excerpt(node.text).slice(1, -1)}`,
    arrived: receiver.now(),
    text: held === undefined ? '' : String(held.value),
    retained,
    secret: node.readers.some((each) => each.private),
  });

  const readingOf = (node: Node, reader: Reader, held: Held, now: boolean): Reading | Problem => {
    const { value, quality, status, what, time } = held;
    if (quality === 'bad' || (quality === 'uncertain' && !uncertain.has(reader.binding)))
      return {
        kind: 'badStatus',
        text:
          quality === 'bad'
            ? `The server says ${status} of its value, which is not used. Look at the device behind it.`
            : `The server says ${status} of its value, which is not used. To use such values, write uncertain = true.`,
      };
    if (value === undefined)
      return {
        kind: 'wrongType',
        text: `The node holds ${what}, and ${reader.format.base === 'boolean' ? 'true or false' : 'a number'} is expected. Bind a node of one value.`,
      };
    if (typeof value === 'string' && value.length > LARGEST_PAYLOAD)
      return {
        kind: 'tooLarge',
        text: `The node holds a text of ${value.length} characters; at most ${LARGEST_PAYLOAD} are read.`,
      };
    const reading =
      typeof value === 'string'
        ? read(messageOf(value.trim(), value), { ...reader.format, path: undefined }, readUnit)
        : readValue(value, units.get(node.text)?.said ?? '', reader.format, readUnit);
    if ('kind' in reading || time === undefined || now) return reading;
    return { ...reading, time };
  };

  return {
    nodes,
    held: (node, held, now, passed) => {
      for (const reader of node.readers)
        intake.sample(
          {
            ...sentOf(node, reader, held, now),
            became: (outcome) => {
              if (outcome?.refused === true && PASSED.has(outcome.kind)) passed?.();
            },
          },
          readingOf(node, reader, held, now),
        );
    },
    unread: (node, problem) => {
      for (const reader of node.readers) intake.sample(sentOf(node, reader, undefined, false), problem);
    },
    unit: (node, { id, text }) => {
      const code = unitOfCode(id) ?? text.trim();
      const known = readUnit?.(code);
      for (const reader of node.readers) {
        const { unit, dimension } = reader.format;
        if (code === unit.text || code === unit.label || code === '') continue;
        if (known === undefined) {
          // A name that no table has says nothing against the binding.
          if (readUnit === undefined || reader.private) continue;
          faults.add(
            'unknownUnit',
            `opcua ${node.text}`,
            reader.name,
            () =>
              `opcua ${node.text}, for ${reader.name}: the server gives the unit ${excerpt(text)}, which is not known here; it is read in ${unit.label || 'no unit'}, as the binding says.`,
          );
          continue;
        }
        units.set(node.text, { ...known, said: code });
        if (known.dimension === dimension && !(known.factor === unit.factor && known.offset === unit.offset))
          faults.add(
            'wrongUnit',
            `opcua ${node.text}`,
            reader.name,
            () =>
              `opcua ${node.text}: ${reader.name} is in ${excerpt(code)} by the server, and the binding says ${unit.label || 'no unit'}; it is converted. Write what the server has: as ${known.text}.`,
          );
      }
    },
  };
}
