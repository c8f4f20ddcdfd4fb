/** Lines of a text ↔ what can happen there: handlers, and steps of processes. */
import type { Manifest, ManifestHandler, SourceRange } from '../runtime/contract/manifest.ts';

/** Something at which a run can stop, as written once; in the run there may be many of it. */
export interface Breakable {
  /** Lines from one. */
  line: number;
  endLine: number;
  column: number;
  uri: string;
  /** `pump[].tripHot` */
  name: string;
  handlers: number[];
  /** Codes of process steps. */
  codes: number[];
}

/** Whether the compiler made it for itself: it is nobody's news. */
export function isInternal(manifest: Manifest, { kind, sets, alarm }: ManifestHandler): boolean {
  if (alarm !== undefined || kind === 'range' || kind === 'scheduled' || sets.length === 0) return false;
  const counts = new Set(manifest.events?.map(({ count }) => count));
  return sets.every((variable) => !manifest.variables[variable]!.visible && !counts.has(variable));
}

export function breakablesOf(manifest: Manifest, texts: ReadonlyMap<string, string>): Breakable[] {
  const found = new Map<string, Breakable>();
  const at = (source: SourceRange, line: number, endLine: number, name: string): Breakable => {
    const key = `${source.uri} ${line} ${source.start}`;
    const known = found.get(key);
    if (known !== undefined) return known;
    const made = {
      line,
      endLine,
      column: line === source.line ? source.column : 1,
      uri: source.uri,
      name,
      handlers: [],
      codes: [],
    };
    found.set(key, made);
    return made;
  };
  manifest.handlers.forEach((handler, id) => {
    if (handler.kind === 'range' || isInternal(manifest, handler)) return;
    const [line, endLine] = linesOf(handler, texts);
    at(handler.source, line, endLine, handler.name).handlers.push(id);
  });
  for (const { name, firstCode, steps } of manifest.flow?.processes ?? []) {
    // What is written as one step may be several of the machine: an item has come to it with the first.
    const seen = new Set<number>();
    steps.forEach(({ source, text }, step) => {
      if (source.start >= source.end || seen.has(source.start)) return;
      seen.add(source.start);
      at(source, source.line, source.endLine, `${name}: ${text}`).codes.push(firstCode + step);
    });
  }
  return [...found.values()].toSorted((a, b) => a.line - b.line || b.endLine - a.endLine);
}

/** An alarm's two sides stand in one declaration, each on lines of its own. */
export function linesOf(
  { kind, source }: Pick<ManifestHandler, 'kind' | 'source'>,
  texts: ReadonlyMap<string, string>,
): [first: number, last: number] {
  const { uri, line, endLine } = source;
  if (kind !== 'raise' && kind !== 'clear') return [line, endLine];
  const lines =
    texts
      .get(uri)
      ?.split('\n')
      .slice(line - 1, endLine) ?? [];
  const own = lines.findIndex((text) => text.trimStart().startsWith(`${kind} `));
  return own < 0 ? [line, endLine] : [line + own, line + own];
}

/** What a breakpoint on a line means: what stands on it, else what comes next in the text. */
export function breakableAt(all: readonly Breakable[], uri: string, line: number): Breakable | undefined {
  const own = all.filter((one) => one.uri === uri);
  const around = own.filter((one) => one.line <= line && line <= one.endLine);
  // The innermost one.
  if (around.length > 0) return around.reduce((a, b) => (b.endLine - b.line <= a.endLine - a.line ? b : a));
  return own.find((one) => one.line > line);
}

/** Those on lines of a file, each once for a line. */
export function breakableLines(
  all: readonly Breakable[],
  uri: string,
  from: number,
  to: number,
): { line: number; column: number }[] {
  const own = all.filter((one) => one.uri === uri && one.line >= from && one.line <= to);
  return [...new Map(own.map(({ line, column }) => [line, { line, column }])).values()];
}
