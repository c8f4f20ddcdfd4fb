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
  --duration S      how long, in seconds of the twin
  --seed N          seed of the random streams, a whole number
  --csv FILE        write what was computed; - is standard output
  --list            what there is: scenarios, sensors, alarms
  --help            this text
`;

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
        options.duration = Number(value());
        if (!(options.duration > 0 && Number.isFinite(options.duration)))
          throw new Complaint('--duration is a number of seconds above 0');
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
