import type { SourceRange } from '../model/source.ts';

/**
 * A diagnostic is defined once, as data, in this folder: its code, severity, title, and a message with holes that the
 * reporter must fill. Editor, command line and docs all show this one; `docs/diagnostics/CODE.md` explains it.
 * Codes: PX1… syntax, PX2… names and structure, PX3… units and types, PX4… equations, PX5… events and rules,
 * PX6… sensors, bindings and views, PX62… experiments, PX7… scenarios and tests, PX9… running.
 */
export interface Definition<Holes> {
  code: string;
  severity: Severity;
  /** A sentence without holes, for lists and page titles. */
  title: string;
  /** Where, what and why, in the modeller's words. */
  message: (holes: Holes) => string;
  /** What to try. */
  help?: (holes: Holes) => string | undefined;
}

/** With errors there is nothing to run; warnings and infos stop nothing. */
export type Severity = 'error' | 'warning' | 'info';

/** One finding, as editor, command line and CI show it. Plain data. */
export interface Diagnostic {
  code: string;
  severity: Severity;
  message: string;
  help?: string;
  source: SourceRange;
  related: Related[];
  /** Changes of the text that mend it, the best first. */
  fixes: Fix[];
  /** What its message was filled with, for those who know the definition. */
  holes?: unknown;
}

/** Another place that has to do with it. */
export interface Related {
  message: string;
  source: SourceRange;
}

/** Edits that are made together, of one file or several. */
export interface Fix {
  title: string;
  edits: TextEdit[];
}
/** Replaces the text from `start` to `end` of a file. */
export interface TextEdit {
  uri: string;
  start: number;
  end: number;
  text: string;
}

/** For its type: the message knows what its holes are filled with. */
export function define<Holes = Record<never, never>>(definition: Definition<Holes>): Definition<Holes> {
  return definition;
}

/** A finding at a place, its message filled in. */
export function report<Holes>(
  definition: Definition<Holes>,
  holes: Holes,
  source: SourceRange,
  more: { related?: Related[]; fixes?: Fix[] } = {},
): Diagnostic {
  const help = definition.help?.(holes);
  return {
    code: definition.code,
    severity: definition.severity,
    message: definition.message(holes),
    ...(help === undefined ? {} : { help }),
    source,
    related: more.related ?? [],
    fixes: more.fixes ?? [],
    holes,
  };
}

/** What every stage returns: a value unless there was an error, and what it has to say. */
export interface Outcome<Value> {
  value?: Value;
  diagnostics: Diagnostic[];
}
