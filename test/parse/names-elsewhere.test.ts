/** What names in other files mean after an edit: as if all were read afresh, and without looking up those that it cannot touch. */
import { isReference, type AstNode } from 'langium';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTwinServices, sourceOf, uriOf, Workspace } from '../../compiler/1-parse/index.ts';
import { libraryFiles } from '../../library/embedded.ts';

const BASE = 'file:///plant/base.twin';
const base = `package base
const size = 2 m
function twice(x: Length): Length = 2 * x
asset Core { param width = 1 m   state heat = 0   modes work { initial Idle { when heat > 1 -> Busy }  Busy { when heat < 0 -> Idle } } }
asset Shell { param width = 2 m   param depth = 3 m }
abstract asset Machine { part inner: Core   let reach = size   param spare = 1 }
scenario long for Core { run 1 h }
`;
const others = {
  'file:///plant/mine.twin': `package mine
use base
const depth = 4 m
const more = 5 m
asset Mill extends Machine { let a = inner.width + twice(more) + depth   let b = inner.depth   let busy = inner.work == Busy }
asset Works { part mill: Mill   let c = mill.inner.width + size   let d = mill.a + mill.inner.depth   let e = mill.more }
test "of it" on long { expect width > 0 m   require never heat > 3 }
view base.Core { number width   number depth }
`,
  'file:///plant/named.twin': `package named
use base: Core, Fresh
asset Own { part core: Core   part fresh: Fresh   let w = core.width + fresh.width + base.size }
`,
  'file:///plant/base-too.twin': `package base
asset Beside { part core: Core(width = 3 m)   let s = size + reach   let w = core.width }
`,
};

/** Where each name in the files leads, and what is said of those that lead nowhere. */
function picture(workspace: Workspace): string[] {
  workspace.link();
  return [BASE, ...Object.keys(others)].flatMap((uri) => {
    const file = workspace.file(uri)!;
    const lines: string[] = [];
    workspace.visitor.visit(file.tree, (node: AstNode) =>
      workspace.visitor.references(node, ({ reference }) => {
        const target = isReference(reference) ? reference.ref : undefined;
        const where = target && `${uriOf(target)} ${sourceOf(target).start}`;
        lines.push(`${uri} ${reference.$refText} → ${where ?? 'nowhere'}`);
      }),
    );
    return [...lines, ...file.names.map((each) => JSON.stringify(each))];
  });
}

function opened(text: string): Workspace {
  const workspace = new Workspace(createTwinServices(), libraryFiles);
  for (const [uri, other] of Object.entries(others)) workspace.set(uri, other);
  workspace.set(BASE, text);
  workspace.link();
  return workspace;
}

const edits: [from: string, to: string][] = [
  ['param width = 1 m', 'param depth = 1 m'],
  ['param depth = 1 m', 'param width = 1 m'],
  ['part inner: Core', 'part inner: Shell'],
  ['part inner: Shell', 'part inner: Core'],
  ['part inner', 'part outer'],
  ['part outer', 'part inner'],
  ['let reach', 'let more'],
  ['let more', 'let reach'],
  ['param spare', 'param spare = 2 param depth'],
  ['param spare = 2 param depth', 'param spare'],
  ['asset Shell {', 'asset Shell extends Core {'],
  ['asset Shell extends Core {', 'asset Shell {'],
  ['asset Shell', 'asset Fresh'],
  ['asset Fresh', 'asset Shell'],
  ['const size', 'const bulk'],
  ['const bulk', 'const size'],
  ['Busy {', 'Full {'],
  ['Full {', 'Busy {'],
  ['for Core', 'for Shell'],
  ['for Shell', 'for Core'],
  ['function twice', 'function more'],
  ['function more', 'function twice'],
  ['param width = 2 m', 'param width = 2 m + size'],
  ['package base', 'package basis'],
  ['package basis', 'package base'],
  ['asset Core', 'asset Core { param width = 7 m }\nasset Kern'],
  ['asset Core { param width = 7 m }\nasset Kern', 'asset Core'],
  ['abstract asset', 'abstract asset (('],
  ['((', ''],
];

describe('names in other files', () => {
  it.each(edits.map((edit) => [edit]))('mean what they would mean read afresh, after %s', ([from, to]) => {
    const text = base.replace(from, to);
    const workspace = opened(base);
    workspace.set(BASE, text);
    expect(picture(workspace)).toEqual(picture(opened(text)));
  });

  it('after any of these in a row', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...edits), { minLength: 2, maxLength: 6 }), (chosen) => {
        const workspace = opened(base);
        let text = base;
        for (const [from, to] of chosen) {
          text = text.replace(from, to);
          workspace.set(BASE, text);
          workspace.link();
        }
        expect(picture(workspace)).toEqual(picture(opened(text)));
      }),
      { numRuns: 60 },
    );
  });

  /** How many names are looked up by a workspace while something is done. */
  function lookedUp(workspace: Workspace, work: () => void): number {
    const scopes = workspace.services.twin.Scopes;
    const quickly = scopes.quickly.bind(scopes);
    let count = 0;
    scopes.quickly = (...of) => {
      count += 1;
      return quickly(...of);
    };
    work();
    workspace.link();
    scopes.quickly = quickly;
    return count;
  }

  it.each([
    ['a value', 'param spare = 1', 'param spare = 1 + 1'],
    ['a new member', 'param spare = 1', 'param spare = 1   param novel = 3'],
    ['a new declaration', 'scenario long', 'asset Novel { param novel = 3 }\nscenario long'],
  ])('are not looked up for %s, however many there are', (_what, from, to) => {
    const counts = [4, 64].map((files) => {
      const workspace = opened(base);
      for (let file = 0; file < files; file += 1)
        workspace.set(
          `file:///plant/user${file}.twin`,
          `package user${file}\nuse base\nasset User extends Machine { let a = inner.width + reach + spare * size }\n`,
        );
      workspace.link();
      return lookedUp(workspace, () => workspace.set(BASE, base.replace(from, to)));
    });
    expect(counts[1]).toBe(counts[0]);
    expect(counts[0]).toBeGreaterThan(0);
  });
});

it('what is declared in two files means the same whichever of them was edited last', () => {
  const [first, second, user] = ['file:///plant/a.twin', 'file:///plant/b.twin', 'file:///plant/user.twin'];
  const workspace = new Workspace(createTwinServices(), libraryFiles);
  const declared = 'package twice\nasset Core { param width = 1 m }\n';
  const leadsTo = (text: string): string => {
    workspace.set(user, text);
    workspace.link();
    const [line] = workspace.file(user)!.tree.elements;
    let target: string | undefined;
    workspace.visitor.visit(line!, (node) =>
      workspace.visitor.references(node, ({ reference }) => {
        if (isReference(reference) && reference.ref !== undefined) target = uriOf(reference.ref);
      }),
    );
    return target ?? 'nowhere';
  };
  workspace.set(second, declared);
  workspace.set(first, declared);
  expect(leadsTo('package user\nuse twice\nasset One { part core: Core }\n')).toBe(first);
  workspace.set(first, declared.replace('1 m', '2 m'));
  expect(leadsTo('package user\nuse twice\nasset Two { part core: Core }\n')).toBe(first);
  workspace.set(second, declared.replace('1 m', '3 m'));
  expect(leadsTo('package user\nuse twice\nasset Three { part core: Core }\n')).toBe(first);
});
