/** No feature throws, whatever the text and wherever the cursor. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { codeActions } from '../../language-server/change/code-actions.ts';
import { codeLenses } from '../../language-server/run/code-lens.ts';
import { compileRoot } from '../../language-server/run/compile.ts';
import { completion } from '../../language-server/complete/completion.ts';
import { definition } from '../../language-server/navigate/definition.ts';
import { foldingRanges } from '../../language-server/edit/folding.ts';
import { formatting } from '../../language-server/edit/formatting.ts';
import { hover } from '../../language-server/read/hover.ts';
import { Project } from '../../language-server/workspace/project.ts';
import { references } from '../../language-server/navigate/references.ts';
import { prepareRename, rename } from '../../language-server/change/rename.ts';
import { roots } from '../../language-server/run/roots.ts';
import { semanticTokens } from '../../language-server/read/semantic-tokens.ts';
import { signatureHelp } from '../../language-server/read/signature-help.ts';
import { documentSymbols } from '../../language-server/read/symbols.ts';
import { workspaceSymbols } from '../../language-server/navigate/workspace-symbols.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { EVERYTHING, URI } from '../parse/helper.ts';

const project = new Project(libraryFiles);
let version = 0;

function everyFeature(text: string, offset: number): void {
  version += 1;
  project.edit(TextDocument.create(URI, 'twin', version, text));
  const file = project.file(URI) ?? expect.fail('the file is gone');
  const at = Math.min(offset, text.length);
  const position = file.document.textDocument.positionAt(at);
  const range = { start: position, end: position };
  project.findings(file);
  if (project.findings(file).every(({ severity }) => severity !== 'error'))
    expect([...project.roots.look(file)].length).toBeGreaterThanOrEqual(0);
  project.roots.of(file);
  completion(project, file, at);
  hover(project, file, at);
  definition(project, file, at);
  references(project, file, at);
  prepareRename(project, file, at);
  rename(project, file, at, 'somethingElse');
  signatureHelp(project, file, at);
  codeActions(project, file, range, undefined, undefined);
  for (const root of roots(project, file)) compileRoot(project, file, root.name);
  codeLenses(project, file);
  documentSymbols(file);
  workspaceSymbols(project, text.slice(at, at + 3));
  foldingRanges(project, file);
  expect(semanticTokens(project, file).data.every((each) => each >= 0)).toBe(true);
  formatting(project, file);
  formatting(project, file, range);
}

it('in a good file after any cuts and insertions', () => {
  const place = fc.nat({ max: EVERYTHING.length });
  const piece = fc.constantFrom(
    '',
    '.',
    ' ',
    '\n',
    '(',
    '{',
    '}',
    '[',
    '= ',
    'pump.',
    'param ',
    'part p: ',
    '3 ',
    'as ',
    '"',
    '/*',
    'use ',
    'm3/',
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(place, fc.nat({ max: 40 }), piece), { minLength: 1, maxLength: 3 }),
      place,
      (edits, offset) => {
        const text = edits.reduce(
          (all, [at, length, word]) => all.slice(0, at) + word + all.slice(at + length),
          EVERYTHING,
        );
        everyFeature(text, offset);
        everyFeature(text, edits[0]?.[0] ?? 0);
      },
    ),
    { numRuns: Number(process.env.FUZZ ?? 25) },
  );
});
