/**
 * Sources with their expectations inline. Under a line of code stands a comment whose carets mark where a finding is:
 *
 *     let sum = temperature + power
 *     //        ^^^^^^^^^^^^^^^^^^^ PX3001
 *
 * Every finding must be marked, so an unmarked line is a test that nothing is said. Positions are one-based.
 */
import { createTwinServices, Workspace } from '../../compiler/1-parse/index.ts';
import { createChecker, type Checker } from '../../compiler/2-check/index.ts';
import type { Diagnostic, Fix } from '../../compiler/diagnostics/diagnostic.ts';
import type { TwinFile } from '../../grammar/generated/ast.ts';
import { documentedData } from '../harness/data-files.ts';
import { libraryFiles } from '../../library/embedded.ts';

export interface Checked {
  files: TwinFile[];
  parsing: Diagnostic[];
  checking: Diagnostic[];
  checker: Checker;
}

export const URI = 'file:///plant/a.twin';

// Reading the library costs more than most tests, so one workspace serves a file of tests. What a test put into it stays
// until the next one.
const workspace = new Workspace(createTwinServices(), libraryFiles);

/** Parses and checks texts by uri, each as a file of its own. Earlier results are void. */
export function check(texts: Record<string, string> | string): Checked {
  const given = typeof texts === 'string' ? { [URI]: texts } : texts;
  for (const { uri, library } of workspace.files()) if (!library) workspace.remove(uri);
  for (const [uri, text] of Object.entries(given)) workspace.set(uri, text);
  workspace.link();
  const own = Object.keys(given).flatMap((uri) => workspace.file(uri) ?? []);
  const files = own.map((file) => file.tree);
  const checker = createChecker({
    filesOfPackage: (name) => workspace.filesOfPackage(name).map((file) => file.tree),
    readData: documentedData,
  });
  return {
    files,
    parsing: own.flatMap((file) => [...file.syntax, ...file.names]),
    checking: files.flatMap((file) => checker.checkFile(file)),
    checker,
  };
}

/** Findings as `line:column-column code`, the end exclusive, or with the end's line where that is another. */
export function places(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ code, source }) => {
    const end =
      source.endLine === source.line ? `${source.endColumn}` : `${source.endLine}:${source.endColumn}`;
    return `${source.line}:${source.column}-${end} ${code}`;
  });
}

/** What the marks of a source expect, in the same words. A mark ends with its line where the finding goes on (`^^…`). */
export function expectations(text: string): string[] {
  const expected: string[] = [];
  let code = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const marks = /^\s*\/\/.*\^/.test(line) ? [...line.matchAll(/(\^+)(?:…(\d+:\d+))?((?: PX\d{4})+)/g)] : [];
    if (marks.length === 0) code = index + 1;
    for (const { index: at, 1: carets = '', 2: end, 3: codes = '' } of marks) {
      const column = at + 1;
      for (const each of codes.trim().split(' '))
        expected.push(`${code}:${column}-${end ?? column + carets.length} ${each}`);
    }
  }
  return expected;
}

export function apply(text: string, fix: Fix | undefined): string {
  return (fix?.edits ?? [])
    .toSorted((a, b) => b.start - a.start)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}
