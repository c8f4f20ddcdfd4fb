/** A condition that compares what is no number is not false: the run stops and names it, in code and interpreted, heard or not. */
import { describe, expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { adaptive, compiled, twinOf } from '../solvers/compiled.ts';

const methods: ManifestMethod[] = [
  adaptive('auto', 1e-6),
  adaptive('rodas5p', 1e-6),
  { name: 'rk4', step: 0.01 },
  { name: 'euler', step: 0.01 },
  { name: 'implicitEuler', step: 0.01 },
];

function ends(members: string, time = 4): string[] {
  const model = compiled(`asset A {\n  state x = 2\n  der(x) = -1 / 1 s\n${members}\n}\n`);
  return methods.flatMap((method) => {
    const all = [{}, { heard: true }, { interpreted: true }].map(
      ({ heard, ...how }: { heard?: boolean; interpreted?: boolean }) => {
        const twin = twinOf(model, { method, end: time, ...how });
        if (heard) twin.listen({ event: () => {} });
        twin.advance(time);
        const { code, message, source } = twin.trouble() ?? { message: '' };
        return `${code ?? 'fine'} line ${source?.line} ${message} ${twin.hash()}`;
      },
    );
    expect(new Set(all).size, all.join('\n')).toBe(1);
    return all.slice(0, 1);
  });
}

describe('stops where a condition cannot be told, and names it, its place and the time', () => {
  it.each([
    ['of a rule', 'state n = 0\nwhen sqrt(x - 1) < 0.1 -> set n = n + 1', 'when sqrt(x - 1) < 0.1', 1, 6],
    ['of a crossing', 'state n = 0\nat sqrt(x - 1) > 5 rising { set n = 1 }', 'at sqrt(x - 1) > 5', 1, 6],
    ['of a rule that waits', 'state n = 0\nrule r {\nwhen sqrt(x) > 3 for 1 s\nset n = 1\n}', 'r', 2, 6],
    ['of an alarm', 'alarm low: warning "w" {\nraise when x < 3 and log(x) > 5 for 1 s\n}', 'low', 2, 5],
    ['of a transition', 'modes m {\ninitial A {\nwhen sqrt(x) > 2 -> B\n}\nB {\n}\n}', 'm: A -> B', 2, 7],
    ['in an equation', 'let hot = sqrt(x - 1) > 5', 'hot', 1, 5],
    ['in a choice', 'let y = if x > 5 or sqrt(x - 1) > 5 then 1 else 2', 'y', 1, 5],
    ['over elements', 'state a[3] = 2\nder(a[*]) = -1 / 1 s\nlet hot = any(sqrt(a[*] - 1) > 5)', 'hot', 1, 7],
    [
      'of numbers alone',
      'state n = 3\nstate m = 0\nevery 0.5 s { set n = n - 1 }\nwhen log(n) > 3 -> set m = 1',
      'when log(n) > 3',
      1.5,
      8,
    ],
    ['beyond a table', 'let y = f(x) > 3', 'y', 1, 5],
  ])('%s', (_, members, name, time, line) => {
    const table = members.includes('f(x)') ? '' : undefined;
    const found = table === undefined ? ends(members) : endsOfTable();
    for (const end of found) {
      expect(end).toContain(
        table === undefined ? `PX9053 line ${line} A condition of ${name} cannot be told` : 'PX9053',
      );
      expect(end).toMatch(
        new RegExp(`t = ${time === 1 ? '(1|1.0[01]|1.00000\\d*)' : String(time).replace('.', '\\.')}`),
      );
    }
  });

  function endsOfTable(): string[] {
    const model = compiled(
      'table f(x: Number): Number {\n  points 1: 1, 2: 2, 3: 3\n  outside error\n}\n\nasset A {\n  state x = 2\n  der(x) = -1 / 1 s\n  let y = f(x) > 3\n}\n',
    );
    return methods.map((method) => {
      const twin = twinOf(model, { method, end: 4 });
      twin.advance(4);
      return `${twin.trouble()?.code} ${twin.trouble()?.message}`;
    });
  }

  it.each([
    [
      'a value that is set by it',
      'state n = 3\nevery 0.5 s { set n = if sqrt(x) > 1 then 1 else 2 }',
      'n is not a number at t = 2',
    ],
    [
      'a parameter',
      'param a = 1\nparam b = sqrt(a - 2)\nstate n = 0\nwhen x < b -> set n = 1',
      'b is not a number at t = 0 s',
    ],
    [
      'a start value',
      'param a = 1\nstate n = sqrt(a - 2)\nstate m = 0\nwhen x < n -> set m = 1',
      'n is not a number at t = 0 s',
    ],
  ])('%s is no number', (_, members, text) => {
    for (const end of ends(members)) expect(end).toContain(text);
  });
});

describe('says nothing where a condition can be told', () => {
  it.each([
    ['the other of two says it all', 'state n = 0\nwhen x > 0 and sqrt(x) > 3 -> set n = 1'],
    ['the same, the other way round', 'state n = 0\nwhen sqrt(x) > 3 and x > 0 -> set n = 1'],
    ['or one of two is true', 'state n = 0\nwhen x < 0 or sqrt(x) > 3 -> set n = 1'],
    ['it is not asked for', 'let y = if x > 0 then (if sqrt(x) > 1 then 1 else 2) else 3'],
    ['it is not listened to', 'modes m {\ninitial A {\nwhen x < 1 -> B\nwhen sqrt(x) > 2 -> B\n}\nB {\n}\n}'],
    [
      'one of all is false',
      'state a[2] = [2, 3]\nder(a[*]) = -1 / 1 s\nlet both = all(a[*] > 0 and sqrt(a[*]) > 3)',
    ],
    ['infinite is not nothing', 'state n = 0\nwhen 1 / max(x, 0) > 5 -> set n = 1'],
    [
      'a sensor has not measured yet',
      'sensor s measures x every 1 s\nstate n = 0\nwhen sqrt(s.measured + 3) > 5 -> set n = 1',
    ],
  ])('as %s', (_, members) => {
    for (const end of ends(members)) expect(end).toContain('fine');
  });
});
