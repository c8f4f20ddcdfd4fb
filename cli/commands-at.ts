/** `--command "at 10 s: start(target = 40 degC)"` → a call with its time, in SI. */
import { findCommand } from '../runtime/commands.ts';
import type { Manifest } from '../runtime/contract/manifest.ts';
import type { Twin } from '../runtime/twin.ts';
import { quantityOf, secondsOf } from './quantity.ts';
import { Refusal } from './terminal/terminal.ts';

interface Call {
  time: number;
  command: number;
  instance: number;
  values: number[];
}

export function parseCommands(texts: readonly string[], manifest: Manifest): Call[] {
  return texts.map((text) => {
    const match = /^\s*(?:at\s+(?<time>[^:]+):)?\s*(?<name>[\w.[\]]+)\s*(?:\((?<given>.*)\))?\s*$/.exec(text);
    const { time, name, given = '' } = match?.groups ?? {};
    if (name === undefined) throw new Refusal(`--command ${text}: write "at 10 s: start(target = 40 degC)"`);
    const found = findCommand(manifest, name);
    if (found === undefined) {
      const known = (manifest.events ?? []).filter(({ command }) => command).map((each) => each.name);
      throw new Refusal(
        `--command ${text}: ${manifest.name} has no command ${name}; it has ${known.slice(0, 8).join(', ') || 'none'}`,
      );
    }
    const at = time === undefined ? 0 : secondsOf(time, 'at', '--command');
    if (at < 0) throw new Refusal(`--command ${text}: a time is not before the start`);
    return { time: at, ...found, values: valuesOf(text, given, name, found.command, manifest) };
  });
}

function valuesOf(text: string, given: string, name: string, command: number, manifest: Manifest): number[] {
  const { parameters } = manifest.events![command]!;
  const values = new Map<string, string>();
  for (const one of split(given)) {
    const equals = one.indexOf('=');
    const key = one.slice(0, Math.max(equals, 0)).trim();
    if (!parameters.some((parameter) => parameter.name === key))
      throw new Refusal(
        `--command ${text}: ${name} takes ${parameters.map((each) => `${each.name} = …`).join(', ') || 'no values'}`,
      );
    values.set(key, one.slice(equals + 1).trim());
  }
  return parameters.map(({ name: key, variable }) => {
    const value = values.get(key);
    if (value === undefined) throw new Refusal(`--command ${text}: ${name} needs ${key}`);
    return quantityOf(value, key, manifest.variables[variable]!, '--command');
  });
}

/** At commas that stand in no brackets. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (text[at] === '(' || text[at] === '[') depth += 1;
    if (text[at] === ')' || text[at] === ']') depth -= 1;
    if (at < text.length && (text[at] !== ',' || depth > 0)) continue;
    parts.push(text.slice(from, at));
    from = at + 1;
  }
  return parts.filter((part) => part.trim() !== '');
}

/** In the order of their times, so that one of the same time comes after those that were said before it. */
export function callAll(twin: Twin, calls: readonly Call[]): void {
  for (const { time, command, instance, values } of calls.toSorted((a, b) => a.time - b.time))
    twin.callAt(time, command, instance, values);
}
