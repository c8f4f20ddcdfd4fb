/** A reading, whichever way it came → an arrival, and what is told of it. */
import { excerpt } from '../faults.ts';
import type { FaultKind, Faults } from '../faults.ts';
import type { Arrival, Receiver, Verdict } from '../receiver.ts';
import { fromSI } from '../units.ts';
import type { ReadUnit } from '../units.ts';
import { read } from './payload.ts';
import type { Format, Message, Problem, Reading } from './payload.ts';
import type { Reader } from './readers.ts';

/** A time more than this ahead of our clock (ms) is not believed. */
const MOST_AHEAD = 2000;
/**
 * ms: how exactly the time of arrival is told where a message has no time; 0: as the clock has it. Each time is an instant for all there is in a model, and of very many
 * sensors there are few in a millisecond.
 */
const grainOf = (readers: number): number => Math.floor(readers / 1000);

export interface IntakeOptions {
  /** How many there are. */
  readers: number;
  /** What is told of something, once for each kind and source. */
  faults: Faults;
  readUnit?: ReadUnit;
  receiver: Pick<Receiver, 'now' | 'arrive' | 'gather'>;
  /** A message was read or refused. */
  counted?(): void;
}

/** What became of a reading: `refused` where it is not used; else what could be got over, if anything. */
export interface Outcome {
  refused: boolean;
  kind: FaultKind;
  /** In words, ending with a full stop. */
  text: string;
}

export interface Sent {
  reader: Reader;
  /** `mqtt plant/P101/vib` */
  source: string;
  /** ms since 1970. */
  arrived: number;
  /** As it was sent, to be told of. */
  text: string;
  /** What the broker kept, from some time ago. */
  retained?: boolean;
  /** It brings private data, too: nothing of it is told. */
  secret?: boolean;
  /** Told of what is wrong, maybe of several things, and then, with nothing, that it is done. */
  became?(outcome: Outcome | undefined): void;
}

export interface Intake {
  /** A sample, or a value of an input. */
  sample(sent: Sent, reading: Reading | Problem): void;
  /** A command with its values. */
  call(sent: Sent, message: Message): void;
}

export function createIntake(options: IntakeOptions): Intake {
  const { faults, receiver } = options;
  const grain = grainOf(options.readers);

  /** Of what brings private data it is told that something is wrong, and not what was sent. */
  const tell = (
    { reader, source, secret = reader.private, became }: Sent,
    kind: FaultKind,
    refused: boolean,
    text: () => string,
  ): void => {
    const told = secret
      ? () => `${source}, for ${reader.name}: a message is wrong (${kind}); it is private.`
      : text;
    faults.add(kind, source, reader.name, told);
    became?.({ refused, kind, text: told() });
  };

  const call = (sent: Sent, message: Message): void => {
    const { reader, source, arrived } = sent;
    const values: number[] = [];
    let when: number | undefined;
    for (const { name, format } of reader.values ?? []) {
      const alone = format.path === undefined && /^\s*\{/.test(message.text);
      const how: Format = alone ? { ...format, path: [name], pathText: `$.${name}` } : format;
      const reading = read(message, how, options.readUnit);
      if ('kind' in reading) {
        options.counted?.();
        tell(sent, reading.kind, true, () => `${source}, for ${reader.name}: ${reading.text}`);
        sent.became?.(undefined);
        return;
      }
      for (const { kind, text } of reading.remarks)
        tell(sent, kind, false, () => `${source}, for ${reader.name}: ${text}`);
      values.push(reading.value);
      when ??= reading.time;
    }
    options.counted?.();
    const time = when === undefined || when > arrived ? Math.max(arrived, reader.latest + 0.001) : when;
    reader.latest = Math.max(reader.latest, time);
    const verdict = receiver.arrive({ binding: reader.binding, time, value: NaN, values });
    if (verdict !== 'onTime' && verdict !== 'revised')
      tell(
        sent,
        verdict === 'duplicate' ? 'duplicate' : 'late',
        true,
        () =>
          `${source}: ${reader.name} was ${verdict === 'duplicate' ? 'called twice for the same time' : 'called for a time that the twin does not go back to'}, and this call is not carried out.`,
      );
    sent.became?.(undefined);
  };

  const sample = (sent: Sent, reading: Reading | Problem): void => {
    const { reader, source, arrived, retained = false } = sent;
    if ('kind' in reading) {
      options.counted?.();
      tell(sent, reading.kind, true, () => `${source}, for ${reader.name}: ${reading.text}`);
      sent.became?.(undefined);
      return;
    }
    options.counted?.();
    for (const { kind, text } of reading.remarks)
      tell(sent, kind, false, () => `${source}, for ${reader.name}: ${text}`);
    const { value } = reading;
    const { unit } = reader.format;
    const shown = (si: number): string =>
      `${Number(fromSI(si, unit).toPrecision(6))} ${unit.label}`.trimEnd();
    if (value < reader.low || value > reader.high)
      tell(
        sent,
        'outOfRange',
        false,
        () =>
          `${source}: ${reader.name} is ${shown(value)}, which is outside ${shown(reader.low)} to ${shown(reader.high)}. It is kept; check the device, its unit, and the range in the text.`,
      );
    // What the broker kept was published some time ago; an input still has that value, now.
    let time = retained && reader.isInput ? undefined : reading.time;
    if (time !== undefined && time > arrived + MOST_AHEAD) {
      const ahead = Math.round((time - arrived) / 1000);
      tell(
        sent,
        'clockAhead',
        false,
        () =>
          `${source}, for ${reader.name}: its time lies ${ahead} s in the future; the time of arrival is taken. Set the device's clock.`,
      );
      time = undefined;
    }
    // Several in one tick of the clock are different samples: a microsecond apart.
    if (time === undefined)
      time = Math.max(grain === 0 ? arrived : Math.ceil(arrived / grain) * grain, reader.latest + 0.001);
    else time = Math.min(time, arrived);
    const inOrder = time >= reader.latest;
    if (inOrder) {
      reader.latest = time;
      if (reader.isInput && reader.held === value) {
        sent.became?.(undefined);
        return;
      }
      // What comes next may come before it is known what becomes of this one.
      reader.held = value;
    }
    const arrival: Arrival = { binding: reader.binding, time, value };
    const done = (verdict: Verdict): void => {
      judged(sent, inOrder, value, verdict);
      sent.became?.(undefined);
    };
    if (receiver.gather === undefined) done(receiver.arrive(arrival));
    else receiver.gather(arrival, done);
  };

  const judged = (sent: Sent, inOrder: boolean, value: number, verdict: Verdict): void => {
    const { reader, source, text, retained = false } = sent;
    if (verdict === 'onTime') return;
    if (inOrder && verdict !== 'revised' && reader.held === value) reader.held = NaN;
    // What the broker kept from before our time is nobody's fault.
    if (retained && verdict === 'dropped') return;
    const shownText = excerpt(text);
    if (verdict === 'notANumber')
      tell(
        sent,
        'notFinite',
        true,
        () => `${source}: ${reader.name} got ${shownText}, which is no finite number.`,
      );
    else if (verdict === 'duplicate')
      tell(
        sent,
        'duplicate',
        true,
        () => `${source}: a sample of ${reader.name} came twice (${shownText}); the second is not used.`,
      );
    else {
      const what = inOrder ? 'came later than the twin waits for samples' : 'is older than the one before';
      const then =
        verdict === 'revised'
          ? 'the run is gone over again from its time.'
          : reader.dropsLate
            ? 'it is not used. To go over the run again with such samples, write late 5 s: revise.'
            : 'it is not used, since the run cannot go back so far: its time is from before the twin started or went on, or from before what is kept of the past.';
      tell(
        sent,
        inOrder ? 'late' : 'outOfOrder',
        verdict === 'dropped',
        () => `${source}: a sample of ${reader.name} ${what} (${shownText}); ${then}`,
      );
    }
  };

  return { sample, call };
}
