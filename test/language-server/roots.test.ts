/** What is found in the equations as wholes: the same as for the whole text, by one look where a twin is its asset as it stands. */
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { analyse } from '../../compiler/index.ts';
import { Project } from '../../language-server/workspace/project.ts';
import { libraryFiles } from '../../library/embedded.ts';

const uri = 'file:///plant/plant.twin';

class Bench {
  private readonly project = new Project(libraryFiles);
  private version = 0;

  /** Another text: how many types and twins were looked at for it, and what is said, of the editor's and of the whole text. */
  write(text: string): { looks: number; said: string[]; whole: string[] } {
    this.version += 1;
    this.project.edit(TextDocument.create(uri, 'twin', this.version, text));
    const file = this.project.file(uri)!;
    expect(this.project.findings(file)).toEqual([]);
    const looks = [...this.project.roots.look(file)].length;
    return {
      looks,
      said: this.project.roots.of(file).map(worded).toSorted(),
      whole: analyse([{ uri, text }], libraryFiles).diagnostics.map(worded).toSorted(),
    };
  }
}

const worded = ({ code, message, source }: { code: string; message: string; source: { start: number } }) =>
  `${code} at ${source.start}: ${message}`;

const ASSET = `package plant
asset Inner {
  private state x = 1 m
  state drift = 1 m
  der(x) = -x / 1 s
  der(drift) = 0
  sensor gauge measures x every 1 s noise normal(1 mm)
}
asset Plant {
  part inner: Inner
  input level = 1 m
  der(seen) = level / 1 s
  state seen = 1 m
}
`;

describe('a twin is looked at with its asset', () => {
  it('where it is that as it stands, and by itself where it is not', () => {
    const bench = new Bench();
    const same = 'twin East: Plant\nbind East { seen to mqtt("x") as m }\n';
    const unlike = 'twin West: Plant(level = 2 m)\n';
    expect(bench.write(ASSET + same).looks).toBe(2);
    expect(bench.write(ASSET + same + unlike).looks).toBe(3);
    // One key in the asset: it, and the twin that is not the same.
    const edited = ASSET.replace('seen = 1 m', 'seen = 2 m');
    expect(bench.write(edited + same + unlike).looks).toBe(2);
    expect(bench.write(edited + same.replace('"x"', '"y"') + unlike).looks).toBe(1);
    expect(bench.write(edited + same.replace('"x"', '"y"') + unlike.replace('2 m', '3 m')).looks).toBe(1);
  });
});

describe('what binds, runs or shows a root is judged with it, as for the whole text', () => {
  const cases: Record<string, [code: string, more: string]> = {
    'a binding that sends what is private': [
      'PX2402',
      'twin East: Plant\nbind East { inner.x to mqtt("x") as m }\n',
    ],
    'the same of a twin with values': [
      'PX2402',
      'twin East: Plant(level = 2 m)\nbind East { inner.x to mqtt("x") as m }\n',
    ],
    'an estimate that no sensor corrects': [
      'PX6124',
      'twin East: Plant\nbind East { estimate inner.drift within 1 m drifts 1 mm in 1 s }\n',
    ],
    'a view of what is private': ['PX2402', 'view Plant "Plant" { number inner.x as m }\n'],
  };
  it.each(Object.entries(cases))('%s', (_, [code, more]) => {
    const { said, whole } = new Bench().write(ASSET + more);
    expect(said).toEqual(whole);
    expect(said.join()).toContain(code);
  });

  it('follows them where they move, change, come and go', () => {
    const bench = new Bench();
    const bind = 'bind East { inner.x to mqtt("x") as m }\n';
    const texts = [
      `${ASSET}twin East: Plant\n${bind}`,
      `${ASSET}// Moved.\ntwin East: Plant\n${bind}`,
      `${ASSET}// Moved.\ntwin East: Plant\nbind East { seen to mqtt("x") as m }\n`,
      `${ASSET}// Moved.\ntwin East: Plant\n${bind}`,
      `${ASSET}// Moved.\ntwin East: Plant\n`,
      `${ASSET}// Moved.\ntwin East: Plant\n${bind}`,
      `${ASSET}// Moved.\ntwin East: Plant(level = 2 m)\n${bind}`,
    ];
    for (const text of texts) {
      const { said, whole } = bench.write(text);
      expect(said).toEqual(whole);
    }
  });

  it('follows what stands below them in the text', () => {
    const bench = new Bench();
    const below = '\nasset Part { let loose: Length }\nasset Whole { part one: Part }\n';
    for (const gap of ['', '// Moved.\n', '']) {
      const { said, whole } = bench.write(`package plant\nasset First { part one: Part }\n${gap}${below}`);
      expect(said).toEqual(whole);
      expect(said).toHaveLength(1);
    }
  });
});
