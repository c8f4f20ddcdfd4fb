/** Files that are not open are looked at again where something changed that their findings hang on, and only there. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { ClosedFiles } from '../../language-server/workspace/closed-files.ts';
import { Project } from '../../language-server/workspace/project.ts';
import { libraryFiles } from '../../library/embedded.ts';

const TEXTS: Readonly<Record<string, string>> = {
  parts: `package plant.parts

/// Of all tanks.
abstract asset Vessel { param height = 2 m }
asset Tank extends Vessel { param area = 2 m2   let volume = area * height }
asset Valve { param opening = 1 in 0..1 }
asset Gate { param width = 1 m }
`,
  tanks:
    'package plant.tanks\nuse plant.parts: Tank\nasset Two { part a: Tank   let wrong = a.volume + 1 m }\n',
  farm: 'package plant.farm\nuse plant.tanks\nasset Farm { part two: Two   let high = two.a.height }\n',
  valves:
    'package plant.valves\nuse plant.parts\nasset Line { part valve: Valve   let half = valve.opening / 2 }\n',
  broken: 'package plant.broken\nuse plant.parts\nasset Odd { part hatch: Hatch }\n',
  lone: 'package plant.lone\nasset Lone { let three = 3 }\n',
};
const uriOf = (name: string): string => `file:///${name}.twin`;

class Bench {
  readonly project = new Project(libraryFiles);
  private readonly told = new Map<string, string[]>();
  private looked: string[] = [];
  private text = TEXTS['parts']!;
  private readonly closed: ClosedFiles;

  constructor() {
    const findings = this.project.findings.bind(this.project);
    this.project.findings = (file, names) => {
      this.looked.push(file.uri.replace(/.*\/|\.twin/g, ''));
      return findings(file, names);
    };
    for (const [name, text] of Object.entries(TEXTS)) this.project.disk(uriOf(name), text);
    this.closed = new ClosedFiles(
      this.project,
      (uri, found) =>
        this.told.set(
          uri,
          found.map(({ code }) => String(code)),
        ),
      undefined,
    );
  }

  /** Another text of what the others use, which is open: which files are looked at for it. */
  write(from: string, to: string): string[] {
    expect(this.text).toContain(from);
    this.text = this.text.replace(from, to);
    this.project.edit(TextDocument.create(uriOf('parts'), 'twin', 1, this.text));
    return this.settled();
  }

  private settled(): string[] {
    this.looked = [];
    this.closed.wake(undefined);
    vi.runAllTimers();
    return this.looked.toSorted();
  }

  /** What is said of a file, and what a project says of it that has seen nothing before. */
  said(name: string): [now: string[], anew: string[]] {
    const fresh = new Project(libraryFiles);
    for (const [each, text] of Object.entries(TEXTS))
      fresh.disk(uriOf(each), each === 'parts' ? this.text : text);
    const anew = fresh.findings(fresh.file(uriOf(name))!).map(({ code }) => code);
    return [this.told.get(uriOf(name)) ?? [], anew];
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('by what is declared, used and named', () => {
  const bench = new Bench();
  const sound = (): void => {
    for (const name of Object.keys(TEXTS)) {
      if (name === 'parts') continue;
      const [now, anew] = bench.said(name);
      expect(now, name).toEqual(anew);
    }
  };
  bench.write('/// Of', '/// From');
  sound();
  expect(bench.said('tanks')[0]).toEqual(['PX3001']);
  // A comment, and what nobody uses. Only who lacks a name is asked again: it may stand anywhere.
  expect(bench.write('all tanks', 'every tank')).toEqual(['broken']);
  expect(bench.write('width = 1 m', 'width = 1 s')).toEqual(['broken']);
  // What is used by one, by none of the others.
  expect(bench.write('opening = 1 in 0..1', 'opening = 1 m in 0 m..1 m')).toEqual(['broken', 'valves']);
  // What is used through others, whose texts stay.
  expect(bench.write('height = 2 m ', 'height = 2 ')).toEqual(['broken', 'farm', 'tanks']);
  sound();
  expect(bench.said('tanks')[0]).toEqual(['PX3001']);
  expect(bench.write('area = 2 m2', 'area = 2 m')).toEqual(['broken', 'farm', 'tanks']);
  expect(bench.said('tanks')[0]).toEqual([]);
  // Names that come and go are for all to see who see the package, also through others.
  expect(bench.write('asset Gate', 'asset Hatch')).toEqual(['broken', 'farm', 'tanks', 'valves']);
  sound();
  expect(bench.said('broken')[0]).toEqual([]);
  expect(bench.write('asset Valve', 'asset Cock')).toEqual(['broken', 'farm', 'tanks', 'valves']);
  sound();
  expect(bench.said('valves')[0]).toEqual(['PX2004']);
  expect(bench.write('asset Tank extends Vessel', 'asset Tank extends Hatch')).toEqual([
    'farm',
    'tanks',
    'valves',
  ]);
  sound();
  expect(bench.said('tanks')[0]).toEqual(bench.said('tanks')[1]);
});
