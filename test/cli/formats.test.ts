/** What CI systems read, from the commands themselves. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pollux, temporaryFolder } from './pollux.ts';

const folder = temporaryFolder();
writeFileSync(
  join(folder, 'tank.twin'),
  'package p\n\nasset Tank {\n  state level = 1 m\n  der(level) = -level / 1 s\n}\n\nscenario day for Tank {\n  run 1 s\n}\n\ntest "lasts" on day {\n  expect level > 0.5 m\n}\n',
);
writeFileSync(join(folder, 'wrong.txt'), 'asset A { param a = 1 m\n  let b = a + 3 kg }\n');
const here = (...args: string[]) => pollux(args, { cwd: folder });

describe('formats', () => {
  it('of check, for what is fine and for what is not', () => {
    expect(here('check', '--format', 'junit')).toMatchObject({
      code: 0,
      out: expect.stringContaining('<testsuite name="tank.twin" tests="1" failures="0"'),
    });
    expect(here('check', '--format', 'github')).toMatchObject({
      code: 0,
      out: '1 file: nothing to report\n',
    });
    writeFileSync(
      join(folder, 'wrong.twin'),
      'package q\n\nasset A {\n  param a = 1 m\n  let b = a + 3 kg\n}\n',
    );
    const { code, out } = here('check', '--format', 'github');
    expect([code, out]).toEqual([
      3,
      expect.stringMatching(/^::error file=wrong\.twin,line=5,endLine=5,col=11,endColumn=19,title=PX3001::/),
    ]);
    const log = JSON.parse(here('check', '--format', 'sarif').out) as { runs: { results: object[] }[] };
    expect(log.runs[0]!.results).toHaveLength(1);
    writeFileSync(join(folder, 'wrong.twin'), 'package q\n\nasset A {\n  param a   = 1 m\n}\n');
  });

  it('of fmt --check', () => {
    const { code, out } = here('fmt', '--check', '--format', 'gitlab');
    expect([code, JSON.parse(out)]).toEqual([
      3,
      [
        expect.objectContaining({
          check_name: 'format',
          location: { path: 'wrong.twin', lines: { begin: 4, end: 4 } },
        }),
      ],
    ]);
    expect(here('fmt', '--format', 'gitlab').code).toBe(1);
  });

  it('of test', () => {
    const { code, out } = here('test', 'tank.twin', '--format', 'junit');
    expect(code).toBe(3);
    expect(out).toContain('<failure type="test-failed"');
    expect(here('test', 'tank.twin', '--format', 'github').out).toMatch(
      /^::error file=tank\.twin,line=12,.*title=test-failed::"lasts" fails: /,
    );
    expect(here('test', 'tank.twin', '--format', 'markdown').out).toContain(
      '### 🔴 pollux test: 0 passed, 1 failed',
    );
  });
});
