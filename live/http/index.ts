/** A manifest's http bindings, fed by requests. See README.md. */
import type { Manifest, ManifestBinding } from '../../runtime/contract/manifest.ts';
import { createFaults, excerpt } from '../faults.ts';
import type { FaultKind } from '../faults.ts';
import { createIntake } from '../intake/intake.ts';
import type { Sent } from '../intake/intake.ts';
import { decode, LARGEST_PAYLOAD, messageOf, read, readValue } from '../intake/payload.ts';
import type { Message } from '../intake/payload.ts';
import { BindingError, readersOf } from '../intake/readers.ts';
import type { Receiver } from '../receiver.ts';
import type { ReadUnit } from '../units.ts';
import { createLines } from './lines.ts';
import { readSenml } from './senml.ts';

/** How samples are written: a JSON object a line, a list of them (or one), or a pack of RFC 8428. */
export type SampleFormat = 'lines' | 'json' | 'senml';

/** A sample that was not used, or what could be got over. */
export interface SampleProblem {
  /** From 1: of a line, of an item of a list, or of a record of a pack. */
  line?: number;
  item?: number;
  record?: number;
  name?: string;
  kind: FaultKind;
  why: string;
}

/** What became of the samples of a request; each list ends after its first hundred. */
export interface SampleReport {
  taken: number;
  refused: number;
  /** Of those that were refused: the first ones. */
  problems: SampleProblem[];
  /** Of those that were taken: the first ones. */
  remarks: SampleProblem[];
}

/** The samples of a request, which may come in pieces. */
export interface Batch {
  /** Resolves when more may come: what was taken is worked off. */
  take(bytes: Uint8Array): Promise<void>;
  /** What became of all, once the twin has them; or, in words, why none could be read. */
  end(): Promise<SampleReport | { problem: string }>;
  /** Of those that came so far. */
  report(): SampleReport;
}

/** The http bindings of a running twin. */
export interface HttpLink {
  /** `called`: told of each command. */
  batch(format: SampleFormat, called?: (name: string, secret: boolean) => void): Batch;
  /** `received`, and what was wrong, by kind. */
  counts(): Record<string, number>;
}

/** Whose bindings, who takes what comes, and which units other than those of the manifest are read. */
export interface HttpLinkOptions {
  manifest: Manifest;
  receiver: Receiver;
  readUnit?: ReadUnit;
}

/** Problems and remarks that are listed of a request, each. */
const MOST_TOLD = 100;
/** Samples of a request of which it is not known yet what becomes of them. */
const MOST_OPEN = 10_000;
/** Items of a list that are worked off before others have their turn. */
const SLICE = 2000;
/** Names that are listed to whoever sends another. */
const NAMES_SHOWN = 5;

/** Throws a `BindingError` when a binding cannot be served. */
export function linkHttp({ manifest, receiver, readUnit }: HttpLinkOptions): HttpLink {
  const readers = readersOf(manifest, { name: 'http', addressOf, path: '$.value' });
  const faults = createFaults((fault) => receiver.fault(fault));
  let received = 0;
  const intake = createIntake({
    readers: [...readers.values()].reduce((total, { length }) => total + length, 0),
    faults,
    readUnit,
    receiver,
    counted: () => {
      received += 1;
    },
  });
  const known = [...readers.keys()];
  const names = `${known.slice(0, NAMES_SHOWN).join(', ')}${known.length > NAMES_SHOWN ? ` and ${known.length - NAMES_SHOWN} more` : ''}`;

  const batch: HttpLink['batch'] = (format, called) => {
    const counts = format === 'lines' ? 'line' : format === 'json' ? 'item' : 'record';
    const report: SampleReport = { taken: 0, refused: 0, problems: [], remarks: [] };
    let open = 0;
    let wake: (() => void) | undefined;
    const note = (list: SampleProblem[], at: number, problem: SampleProblem): void => {
      if (list.length < MOST_TOLD) list.push({ [counts]: at, ...problem });
    };
    const refuse = (at: number, name: string | undefined, kind: FaultKind, why: string): void => {
      report.refused += 1;
      note(report.problems, at, { ...(name === undefined ? {} : { name: shortened(name) }), kind, why });
    };
    /** Nobody reads it: told as what is wrong with a message is. */
    const unusable = (at: number, name: string | undefined, kind: FaultKind, why: string): void => {
      faults.add(kind, 'http', name === undefined ? 'samples' : excerpt(name), () => `http: ${why}`);
      refuse(at, name, kind, why);
    };

    /** `readingOf`: what a binding makes of it. */
    const hand = (
      at: number,
      name: string,
      message: Message,
      readingOf: (reader: Sent['reader']) => ReturnType<typeof read>,
    ): void => {
      const wanted = readers.get(name);
      if (wanted === undefined) {
        unusable(
          at,
          name,
          'unknown',
          `No binding reads ${excerpt(name)}: this twin takes ${names}. Check the name against http("…") in the bind block.`,
        );
        return;
      }
      const secret = wanted.some((reader) => reader.private);
      let left = wanted.length;
      let isRefused = false;
      open += 1;
      const arrived = receiver.now();
      for (const reader of wanted) {
        const sent: Sent = {
          reader,
          source: `http ${shortened(name)}`,
          arrived,
          text: message.text,
          secret,
          became: (outcome) => {
            if (outcome !== undefined) {
              const { refused, kind, text: why } = outcome;
              // Where several read a sample, it is refused once.
              if (!refused) note(report.remarks, at, { name, kind, why });
              else if (isRefused) note(report.problems, at, { name, kind, why });
              else {
                isRefused = true;
                refuse(at, name, kind, why);
              }
              return;
            }
            left -= 1;
            if (left > 0) return;
            if (!isRefused) report.taken += 1;
            open -= 1;
            if (open < MOST_OPEN) wake?.();
          },
        };
        if (reader.values === undefined) intake.sample(sent, readingOf(reader));
        else {
          intake.call(sent, message);
          if (!isRefused) called?.(reader.name, secret);
        }
      }
    };

    const one = (at: number, text: string, value: unknown): void => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        unusable(at, undefined, 'wrongType', `${excerpt(text)} is no object with a "name" and a "value".`);
        return;
      }
      const { name } = value as { name?: unknown };
      if (typeof name !== 'string') {
        unusable(
          at,
          undefined,
          'missing',
          `${excerpt(text)} has no "name": the name in http("…") of the binding.`,
        );
        return;
      }
      const message = messageOf(text, value);
      hand(at, name, message, (reader) => read(message, reader.format, readUnit));
    };

    const line = (at: number, bytes: Uint8Array): void => {
      const message = decode(bytes);
      if ('kind' in message) {
        unusable(at, undefined, message.kind, message.text);
        return;
      }
      if (message.text === '') return;
      const json = message.json();
      if (json === undefined) unusable(at, undefined, 'unreadable', `${excerpt(message.text)} is no JSON.`);
      else one(at, message.text, json.value);
    };

    const lines = createLines(LARGEST_PAYLOAD, line);
    const pieces: Uint8Array[] = [];
    const until = async (most: number): Promise<void> => {
      while (open > most)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    };
    const whole = async (): Promise<{ problem: string } | undefined> => {
      let text: string;
      let value: unknown;
      try {
        text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
      } catch {
        return { problem: 'the body is not text in UTF-8' };
      }
      try {
        value = JSON.parse(text);
      } catch (error) {
        return { problem: `the body is no JSON: ${error instanceof Error ? error.message : String(error)}` };
      }
      let at = 0;
      const rest = async (): Promise<void> => {
        if (at % SLICE !== 0) return;
        await new Promise((go) => setImmediate(go));
        await until(MOST_OPEN);
      };
      if (format === 'json') {
        for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
          at += 1;
          const written = JSON.stringify(item);
          if (written.length > LARGEST_PAYLOAD)
            unusable(
              at,
              undefined,
              'tooLarge',
              `It has ${written.length} characters; at most ${LARGEST_PAYLOAD} are read.`,
            );
          else one(at, written, item);
          await rest();
        }
        return undefined;
      }
      const records = readSenml(value, receiver.now());
      if ('problem' in records) return records;
      for (const { record, name, value: measured, unit, time, problem } of records) {
        at = record;
        const shown = measured === undefined ? name : `${measured} ${unit}`.trimEnd();
        hand(at, name, messageOf(shown, measured), (reader) => {
          if (problem !== undefined || measured === undefined)
            return problem ?? { kind: 'missing', text: 'The record has no value.' };
          const reading = readValue(measured, unit, reader.format, readUnit);
          return 'kind' in reading || time === undefined ? reading : { ...reading, time };
        });
        await rest();
      }
      return undefined;
    };

    return {
      take: async (bytes) => {
        if (format === 'lines') lines.take(bytes);
        else pieces.push(bytes);
        await until(MOST_OPEN);
      },
      end: async () => {
        if (format === 'lines') lines.end();
        const problem = format === 'lines' ? undefined : await whole();
        await until(0);
        return problem ?? report;
      },
      report: () => report,
    };
  };

  return { batch, counts: () => ({ received, ...faults.counts }) };
}

const LONGEST_NAME = 200;
const shortened = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;

function addressOf(bound: ManifestBinding['arguments'], target: string): string {
  const name = bound['0'] ?? bound['name'];
  if (typeof name !== 'string' || name.trim() === '')
    throw new BindingError(`The binding of ${target} has no name: write http("plant/…").`);
  return name;
}
