import { Complaint } from './complaint.ts';

export interface Options {
  scenario?: string;
  /** s */
  duration?: number;
  seed?: number;
  /** A file, or - for standard output. */
  csv?: string;
  list: boolean;
  help: boolean;
}

export const USAGE = `Runs the twin that lies beside this file (manifest.json, twin.wasm).

usage: node run.mjs [options]

  --scenario NAME   which scenario; the first when left out
  --duration TIME   how long in the twin's time, such as "2 h"; a bare number is in seconds
  --seed N          seed of the random streams, a whole number
  --csv FILE        write what was computed; - is standard output
  --list            what there is: scenarios, sensors, alarms
  --help            this text
`;

/** s; as in the library of the language, which is not here. */
export const SECONDS_IN: Readonly<Record<string, number>> = {
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
  d: 86_400,
  week: 604_800,
  a: 31_557_600,
};

/** s; longer ones would lose their steps to rounding. */
const LONGEST = 1e10;

/** `2 h`, `1.5e3 s`, or a bare number of seconds → s. */
function durationIn(text: string): number {
  const [, number = '', unit = 's'] = /^([-+]?[\d.]+(?:e[-+]?\d+)?)\s*([a-z]+)?$/i.exec(text.trim()) ?? [];
  const size = Object.hasOwn(SECONDS_IN, unit) ? SECONDS_IN[unit]! : NaN;
  const seconds = number === '' ? NaN : Number(number) * size;
  if (seconds > 0 && seconds <= LONGEST) return seconds;
  throw new Complaint(
    Number.isNaN(seconds)
      ? `--duration ${text}: write a number and a unit of time (${Object.keys(SECONDS_IN).join(', ')}), such as "2 h"`
      : `--duration ${text}: ${seconds > 0 ? 'at most 1e10 s, some 300 years' : 'it must be above zero'}`,
  );
}

/** `--name value` and `--name=value`. Throws a `Complaint`. */
export function readArguments(texts: readonly string[]): Options {
  const options: Options = { list: false, help: false };
  const rest = [...texts];
  while (rest.length > 0) {
    const text = rest.shift()!;
    const equals = text.startsWith('--') ? text.indexOf('=') : -1;
    const name = equals < 0 ? text : text.slice(0, equals);
    const value = (): string => {
      const found = equals < 0 ? rest.shift() : text.slice(equals + 1);
      if (found === undefined || found === '') throw new Complaint(`${name} needs a value (try --help)`);
      return found;
    };
    switch (name) {
      case '--scenario':
        options.scenario = value();
        break;
      case '--duration': {
        options.duration = durationIn(value());
        break;
      }
      case '--seed': {
        options.seed = Number(value());
        if (!Number.isSafeInteger(options.seed)) throw new Complaint('--seed is a whole number');
        break;
      }
      case '--csv':
        options.csv = value();
        break;
      case '--list':
        options.list = true;
        break;
      case '--help':
      case '-h':
        options.help = true;
        break;
      default:
        throw new Complaint(`there is no option ${text} (try --help)`);
    }
  }
  return options;
}
