import { describe, expect, it } from 'vitest';
import { featureOf, parse, sourceOf, Workspace, createTwinServices } from '../../compiler/1-parse/index.ts';
import {
  isAssetDecl,
  isBinaryExpr,
  isEquation,
  isVariableDecl,
  type AssetDecl,
} from '../../grammar/generated/ast.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { applyFix, read, said, URI } from './helper.ts';

const assetNamed = (text: string, name: string, others: Record<string, string> = {}): AssetDecl => {
  const found = read(text, others).files[0]?.elements.find((each) => isAssetDecl(each) && each.name === name);
  if (!isAssetDecl(found)) throw new Error(`no asset ${name}`);
  return found;
};

describe('a name leads', () => {
  it('to the variable of the loop before the member of the same name', () => {
    const asset = assetNamed('asset A { param i = 3 param v[2] = 1 for i in 1..2 { v[i] = 1 } }', 'A');
    const loop = asset.members.find((each) => each.$type === 'ForStatement');
    const equation = loop?.$type === 'ForStatement' ? loop.members[0] : undefined;
    const left = isEquation(equation) ? equation.left : undefined;
    expect(left?.$type === 'IndexExpr' && featureOf(left.index)?.$type).toBe('LoopVariable');
  });

  it('to an inherited member, and the own one hides it', () => {
    const text = 'asset A { param x = 1 param y = 2 } asset B extends A { param y = 3 let z = x + y }';
    const z = assetNamed(text, 'B').members.find((each) => isVariableDecl(each) && each.name === 'z');
    const sum = isVariableDecl(z) && isBinaryExpr(z.value) ? z.value : undefined;
    const owner = (side: 'left' | 'right') =>
      (featureOf(sum?.[side])?.$container as AssetDecl | undefined)?.name;
    expect([owner('left'), owner('right')]).toEqual(['A', 'B']);
  });

  it('through parts, arrays and sensors', () =>
    expect(
      said(`asset P { state t = 1 K sensor s measures t }
        asset A { part p[3]: P let a = p[2].t + p[1].s.residual let b = sum(p[*].s.measured) }`),
    ).toEqual([]));

  it('from an override into the adapted type, and from its value into the writer', () => {
    const pump = 'asset P { param al = 1 param k[2] = 1 }\n';
    expect(said(`${pump}asset A { param n = 1 param z = 2 part p: P(al = z, k[n] = z) }`)).toEqual([]);
    expect(said(`${pump}asset A { param z = 2 part p: P(z = al) }`)).toEqual(['PX2001 z', 'PX2001 al']);
  });

  it('to the own package in other files, to imports, and to qualified names', () => {
    const other = { 'file:///plant/b.twin': 'package plant.parts\nasset B { param x = 1 }\nasset C {}' };
    expect(said('package plant.parts\nasset A { part b: B }', other)).toEqual([]);
    expect(said('use plant.parts\nasset A { part b: B }', other)).toEqual([]);
    expect(said('use plant.parts: B\nasset A { part b: B part c: C }', other)).toEqual(['PX2004 C']);
    expect(said('asset A { part b: plant.parts.B }', other)).toEqual([]);
    expect(said('asset A { part b: B }', other)).toEqual(['PX2004 B']);
  });

  it('nowhere in a circle, without an end to it', () => {
    expect(said('asset A extends B { let x = y } asset B extends A { part a: A let z = a.a.a.x }')).toEqual([
      'PX2001 y',
    ]);
    expect(said('asset A extends A { let x = nothing }')).toEqual(['PX2001 nothing']);
  });
});

describe('a name that leads nowhere', () => {
  it.each([
    ['is looked up in the asset', 'asset A { let x = tmp }', 'PX2001 tmp'],
    ['is looked up in the receiver', 'asset P { } asset A { part p: P let x = p.foo }', 'PX2002 foo'],
    ['has no members to look in', 'asset A { param p = 1 let x = p.foo }', 'PX2003 foo'],
    ['may be a type', 'asset A { param p: Lenght }', 'PX2004 Lenght'],
    ['may be of another kind', 'twin T: Length', 'PX2005 Length'],
    ['may be a package', 'use no.such', 'PX2006 no.such'],
    ['may be an import', 'use pollux.sensing: Readin', 'PX2007 Readin'],
  ])('%s', (_, text, expected) => expect(said(text)).toEqual([expected]));

  it('is reported once: what hangs on it is not', () =>
    expect(said('asset A { part p: Nothing let x = p.a.b.c let y = q.a.b }')).toEqual([
      'PX2004 Nothing',
      'PX2001 q',
    ]));

  it('is not reported where the asset to look in is unknown itself', () =>
    expect(
      said(`twin T: Nothing(a = 1) scenario s for Nothing { b = 2 at 1 s: set c = 3 run 1 s }
        bind T { d from mqtt("x") } view Nothing { number e } test "t" on s { expect f > 1 }
        asset A { part p: Nothing(g = 1) }`),
    ).toEqual(['PX2004 Nothing', 'PX2004 Nothing', 'PX2004 Nothing', 'PX2004 Nothing']));

  it('brings the fix along', () => {
    const text = 'asset A { param temperature = 1 let x = tempreature }';
    const [diagnostic] = read(text).diagnostics;
    expect(diagnostic && applyFix(text, diagnostic)).toBe(text.replace('tempreature', 'temperature'));
  });

  it('is imported by its fix', () => {
    const others = { 'file:///plant/b.twin': 'package plant.parts\nasset B { }\nasset C { }' };
    for (const head of ['package p\n\n', '', 'package p\n\nuse pollux.sensing\n\n', 'use plant.parts: C\n']) {
      const text = `${head}asset A { part b: B }`;
      const [diagnostic] = read(text, others).diagnostics;
      const mended = applyFix(text, diagnostic ?? expect.fail('nothing reported'));
      expect(said(mended, others)).toEqual([]);
    }
  });
});

describe('a workspace', () => {
  it('relinks what depends on a changed file, and nothing else', () => {
    const workspace = new Workspace(createTwinServices(), libraryFiles);
    workspace.set('file:///b.twin', 'package p\nasset B { param x = 1 }');
    workspace.set(URI, 'package p\nasset A { part b: B let y = b.x }');
    workspace.set('file:///c.twin', 'package q\nasset C { param z = 1 m }');
    workspace.link();
    const codes = () => workspace.file(URI)?.names.map(({ code }) => code);
    expect(codes()).toEqual([]);
    workspace.set('file:///b.twin', 'package p\nasset B { param xx = 1 }');
    expect(workspace.link().toSorted()).toEqual(['file:///b.twin', URI].toSorted());
    expect(codes()).toEqual(['PX2002']);
    workspace.set('file:///b.twin', 'package p\nasset BB { param x = 1 }');
    workspace.link();
    expect(codes()).toEqual(['PX2004']);
    workspace.remove('file:///b.twin');
    workspace.set('file:///d.twin', 'package p\nasset B { param x = 1 }');
    workspace.link();
    expect(codes()).toEqual([]);
    expect(workspace.dependentsOf('file:///d.twin')).toEqual([URI]);
  });

  it('asks for packages that are not there', () => {
    const asked: string[] = [];
    const others = new Map([
      ['q', 'package q\nuse r: R\nasset B { part r: R }'],
      ['r', 'package r\nasset R { }'],
    ]);
    const { diagnostics } = parse([{ uri: URI, text: 'package p\nuse q\nasset A { part b: B }' }], {
      library: libraryFiles,
      resolvePackage: (name) => {
        asked.push(name);
        return others.has(name) ? [{ uri: `file:///${name}.twin`, text: others.get(name) ?? '' }] : [];
      },
    });
    expect(diagnostics).toEqual([]);
    expect(asked).toEqual(['p', 'q', 'r']);
  });
});

it('gives the range of inner operators, which share one node of the concrete tree', () => {
  const text = 'asset A { let x = 1 + 2 * 3 - 4 }';
  const [member] = assetNamed(text, 'A').members;
  const minus =
    isVariableDecl(member) && isBinaryExpr(member.value) ? member.value : expect.fail('no expression');
  const plus = isBinaryExpr(minus.left) ? minus.left : expect.fail('no inner expression');
  const shown = [minus, plus, plus.right]
    .map((node) => sourceOf(node))
    .map(({ start, end }) => text.slice(start, end));
  expect(shown).toEqual(['1 + 2 * 3 - 4', '1 + 2 * 3', '2 * 3']);
});
