/** What one asks for in long files: the same as in short ones, and without reading all of the file for it. */
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { PlacedNode } from '../../compiler/1-parse/read/placed.ts';
import { completion } from '../../language-server/complete/completion.ts';
import { resolved } from '../../language-server/complete/offered.ts';
import { around } from '../../language-server/complete/probe.ts';
import { formatting } from '../../language-server/edit/formatting.ts';
import { hover } from '../../language-server/read/hover.ts';
import { semanticTokens } from '../../language-server/read/semantic-tokens.ts';
import { Project } from '../../language-server/workspace/project.ts';
import { libraryFiles } from '../../library/embedded.ts';

function opened(text: string) {
  const project = new Project(libraryFiles);
  const uri = 'file:///plant/long.twin';
  const document = TextDocument.create(uri, 'twin', 1, text);
  project.edit(document);
  return { project, document, file: project.file(uri)! };
}

const members = (from: number, to: number): string =>
  Array.from(
    { length: to - from },
    (_, at) => `  state x${from + at} = ${at} m  // of } {\n  der(x${from + at}) = -rate * x${from + at}\n`,
  ).join('');

/** An asset with so many states above and below a line. */
const long = (line: string, half = 200): string =>
  `package plant\nasset Valve {\n  param opening = 1 m\n}\nabstract asset Base {\n  param above = 3 m\n}\nasset Long extends Base {\n  param rate = 0.1 1/s\n  part valve: Valve\n${members(0, half)}${line}\n${members(half, 2 * half)}  param last = 2 m\n}\n`;

describe('completion in a long asset', () => {
  const offered = (line: string) => {
    const text = long(line);
    const { project, file } = opened(text.replace('|', ''));
    return { project, file, items: completion(project, file, text.indexOf('|')).items };
  };
  const labels = (line: string): string[] => offered(line).items.map(({ label }) => label);

  it.each([
    '  let y = |',
    '  let y = (x3 +\n    |',
    '  rule r {\n    when |',
    '  x7 + |',
    '  for i in 1..3 { x7 = | }',
  ])('knows the members near and far: %s', (line) =>
    expect(labels(line)).toEqual(
      expect.arrayContaining(['above', 'rate', 'valve', 'x0', 'x199', 'x200', 'x399', 'last']),
    ),
  );
  it('knows words and members of parts', () => {
    expect(labels('  |')).toEqual(expect.arrayContaining(['sensor', 'rule', 'x0', 'last']));
    expect(labels('  let y = valve.|')).toEqual(['opening']);
  });
  it('reads what is around the place alone', () => {
    const text = long('  let y = |', 2_000);
    const { file } = opened(text.replace('|', ''));
    const read = around(file, text.indexOf('|'));
    expect(read.before.length + read.after(text.indexOf('|')).length).toBeLessThan(2_000);
    // The last member above is the one that is being typed.
    expect([read.earlier.length, read.later.length]).toEqual([2 + 4_000 - 8, 4_000 + 1 - 8]);
  });
  it('says what a name is when it is looked at', () => {
    const { project, items } = offered('  let y = |');
    const item = items.find(({ label }) => label === 'x3')!;
    expect(item.documentation).toBeUndefined();
    expect(resolved(project, item).documentation).toMatchObject({
      value: expect.stringContaining('**Length** in m') as string,
    });
    offered('  let z = |');
    completion(project, project.file('file:///plant/long.twin')!, 0);
    expect(resolved(project, item)).toMatchObject({ label: 'x3' });
  });
});

describe('a file of many declarations', () => {
  const text = `package plant\n\n${Array.from({ length: 50 }, (_, at) => `asset A${at} {\n  state level =  1 m\n  der(level) = -level / 1 s\n}\n`).join('\n')}`;

  it('has its words read where one asks', () => {
    const { project, file, document } = opened(text);
    const isRead = (): number[] =>
      file.tree.elements.flatMap((each, at) =>
        each instanceof PlacedNode && each.$concrete !== undefined ? [at] : [],
      );
    expect(isRead()).toEqual([]);
    expect(hover(project, file, text.indexOf('level', text.indexOf('asset A7 ')))).toBeDefined();
    expect(isRead()).toEqual([7]);
    const start = document.positionAt(text.indexOf('asset A20 '));
    const { data } = semanticTokens(project, file, { start, end: { line: start.line + 3, character: 0 } });
    expect(isRead()).toEqual([7, 20]);
    // The name of the asset, of its state and its value with a unit, and the equation: two names, a number, a unit.
    expect(data.length / 5).toBe(9);
  });
  it('is formatted where it is asked, and nowhere else', () => {
    const { project, file, document } = opened(text);
    const start = document.positionAt(text.indexOf('  state', text.indexOf('asset A20 ')));
    const edits = formatting(project, file, { start, end: { ...start, character: 99 } });
    expect(edits).toEqual([
      {
        range: { start: { line: start.line, character: 0 }, end: { line: start.line + 1, character: 0 } },
        newText: '  state level = 1 m\n',
      },
    ]);
    expect(formatting(project, file, { start: { line: start.line - 1, character: 0 }, end: start })).toEqual(
      [],
    );
  });
  it('keeps the blank lines between declarations that one is about to fill', () => {
    const { project, file } = opened('package plant\n\nasset A {\n}\n\n\n\nasset B {\n}\n');
    const line = { start: { line: 5, character: 0 }, end: { line: 5, character: 0 } };
    expect(formatting(project, file, line)).toEqual([]);
  });
});
