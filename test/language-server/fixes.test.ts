/**
 * Every diagnostic has a quick fix that mends it, or stands in a list with the reason why none is evident. The fixes are
 * taken as the editor gets them, applied to the first example of the diagnostic's page or to a case of the checker, and
 * what is said afterwards is what was said before, less the finding.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { CATALOGUE } from '../../compiler/diagnostics/catalogue.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import { codeActions } from '../../language-server/change/code-actions.ts';
import { Project } from '../../language-server/workspace/project.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { documentedData } from '../harness/data-files.ts';

/** Nothing that one could write is better than another, or it has to be written elsewhere. */
const NO_EVIDENT_FIX: Readonly<Record<string, string>> = {
  PX1107: 'where to split a nested text is a matter of meaning',
  PX2005: 'the name means something; which other name was meant is open',
  PX6125: 'how far off a state may be, and whether it is to be estimated, is for somebody to decide',
  PX6126: 'what else is to be asked for is a matter of meaning',
  PX6127: 'which event takes the place of the equation is a matter of meaning',
  PX2301: 'the package is installed by a command, outside of the text',
  PX2302: 'the package is asked for by a command, outside of the text',
  PX2402: 'whether private data may be known is for somebody to decide',
  PX2403: 'which size was meant is not in the text',
  PX3010: 'what it should be divided by is not in the text',
  PX3012: 'which number was meant is not in the text',
  PX3105: 'the quantity could be any',
  PX3109: 'a text means no value',
  PX3110: 'which known value takes the place of the changing one is open',
  PX3112: 'which of the constants has a value of its own is open',
  PX3201: 'a formula without the call has to be found',
  PX3204: 'which calls share a value is a matter of meaning',
  PX3205: 'the file is missing, not the text',
  PX3206: 'the file has to be moved, not the text',
  PX3207: 'the data of the file have to change, not the text',
  PX3209: 'the values of the table are not in the text',
  PX3234: 'the elements that are missing are not in the text',
  PX3236: 'the elements that are missing are not in the text',
  PX3238: 'the size could be any',
  PX3304: 'where the difference begins to count is open',
  PX3308: 'which correlations are smaller is open',
  PX3309: 'which of the sizes was meant is open',
  PX3310: 'the values are not in the text',
  PX4003: 'which of the loops ends earlier is open',
  PX4004: 'the missing equations are physics',
  PX4005: 'which of the values is given is open',
  PX4007: 'whether the element becomes a part of its own is a matter of structure',
  PX4008: 'the ends of the array need equations of their own, which are physics',
  PX4009: 'which of the sizes was meant is open',
  PX4010: 'the size is not in the text',
  PX4012: 'where a state breaks the circle is physics',
  PX4014: 'is only reached where the checker did not speak before, with PX2122',
  PX4015: 'the first value is not in the text',
  PX4017: 'is only reached where the checker did not speak before, with PX2125',
  PX4018: 'is only reached where the checker did not speak before, with PX2115',
  PX4019: 'names a root that was asked for, not a text',
  PX4020: 'is only reached where the checker did not speak before, with PX2106',
  PX4021: 'the missing equation is physics',
  PX4022: 'how parts lie side by side is physics',
  PX4104: 'what the equation should relate is open',
  PX4203: 'the other variable of the pair is physics',
  PX4205: 'the part in between needs a port of its own, in another asset',
  PX4206: 'what converts one into the other is physics',
  PX4209: 'how the arrays are joined instead is a matter of structure',
  PX4210: 'the missing equation is physics',
  PX4211: 'which of the equations is wrong is physics',
  PX4226: 'the owner of the variable has to define it, in another asset',
  PX4227: 'whether the element becomes a part of its own is a matter of structure',
  PX4301: 'the equations have to be laid out anew',
  PX4305: 'which states have start values is open',
  PX4312: 'the missing equation is physics',
  PX4314: 'whether it rests or is turned back is not in the text',
  PX5110: 'which of the two reactions wins is a matter of meaning',
  PX5207: 'which variable the equation is for is open',
  PX5220: 'which event was meant, or what should be set instead, is open',
  PX5305: 'where the loop begins is a matter of meaning',
  PX5308: 'the requirement has to be said anew',
  PX5403: 'which number that counts was meant is open',
  PX5431: 'which parameter or state takes its place is open',
  PX5420: 'asking every so often changes the process: the steps have to be laid out anew',
  PX6118: 'the file is missing, not the text',
  PX6124: 'which state is meant, or how the model should be built, is not in the text',
  PX6119: 'the data of the file have to change, not the text',
  PX6211: 'what is varied less is open',
  PX6217: 'which number is compared is open',
  PX6221: 'which numbers the condition compares is open',
};

/** Where the page's example leaves nothing to mend it with. */
const OTHER_EXAMPLES: Readonly<Record<string, string>> = {
  PX4224: `package t
asset Tank { state level = 2 m }
asset Lamp { param power = 5 W }
asset Pump { link source: Tank }
asset Station {
  part tank: Tank
  part lamp: Lamp
  part pump: Pump(source = lamp)
}
`,
};

const uri = 'file:///plant/a.twin';
const project = new Project(libraryFiles, documentedData);
const root = new URL('../../', import.meta.url);
let version = 0;

interface Looked {
  file: ParsedFile;
  found: Diagnostic[];
}

function look(text: string): Looked {
  version += 1;
  project.edit(TextDocument.create(uri, 'twin', version, text));
  const file = project.file(uri)!;
  if (!project.findings(file).some(({ severity }) => severity === 'error'))
    for (const _ of project.roots.look(file)) continue;
  return { file, found: project.allFindings(file) };
}

function counts(found: readonly Diagnostic[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const { code } of found) all.set(code, (all.get(code) ?? 0) + 1);
  return all;
}

/** Titles of fixes that work, and why others do not. */
function tried(code: string, text: string): { works: string[]; fails: string[] } {
  const [works, fails]: [string[], string[]] = [[], []];
  const before = look(text);
  const was = counts(before.found);
  for (const finding of before.found.filter((each) => each.code === code)) {
    const { file } = look(text);
    const { textDocument } = file.document;
    const { start, end } = finding.source;
    const range = { start: textDocument.positionAt(start), end: textDocument.positionAt(end) };
    for (const { title, edit, diagnostics } of codeActions(project, file, range, ['quickfix'], undefined)) {
      if (!diagnostics?.some((each) => each.code === code)) continue;
      const { found } = look(TextDocument.applyEdits(textDocument, edit?.changes?.[uri] ?? []));
      const is = counts(found);
      const more = [...is].filter(([each, count]) => count > (was.get(each) ?? 0)).map(([each]) => each);
      if ((is.get(code) ?? 0) < was.get(code)! && more.length === 0) works.push(title);
      else fails.push(`${title}: ${more.length > 0 ? `adds ${more.join()}` : 'mends nothing'}`);
    }
    if (works.length > 0) break;
  }
  return { works, fails };
}

const cases = readdirSync(new URL('test/check/cases', root)).map((name) =>
  readFileSync(new URL(`test/check/cases/${name}`, root), 'utf8'),
);

function examples(code: string, page: string): string[] {
  const text = readFileSync(new URL(page, root), 'utf8');
  const first = /```twin[^\n]*\n([\s\S]*?)```/.exec(text)?.[1];
  const own = [OTHER_EXAMPLES[code], first].filter((each) => each !== undefined);
  return [...own, ...cases.filter((each) => each.includes(code))];
}

it.each(CATALOGUE)('$code $title', ({ code, page }) => {
  const fails: string[] = [];
  for (const text of examples(code, page)) {
    const result = tried(code, text);
    if (result.works.length > 0) {
      expect(NO_EVIDENT_FIX[code], `has a fix: ${result.works.join()}`).toBeUndefined();
      return;
    }
    fails.push(...result.fails);
  }
  expect(NO_EVIDENT_FIX[code], fails.join('; ') || 'has no fix').toMatch(/\w/);
});

it('gives no reason for what is no code', () => {
  const codes = new Set(CATALOGUE.map(({ code }) => code));
  expect(Object.keys(NO_EVIDENT_FIX).filter((each) => !codes.has(each))).toEqual([]);
});
