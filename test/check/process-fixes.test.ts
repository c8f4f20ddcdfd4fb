/** What is said of a process comes with a fix where there is an evident one, and after it nothing is said. */
import { expect, it } from 'vitest';
import { apply, check, URI } from './harness.ts';

const asset = (members: string, before = ''): string => `package t
${before}
asset Line {
  state count = 0
${members}
}
`;

it.each([
  ['PX2001', 'Declare resource filler', '  process p {\n    arrive every 3 s\n    use filler for 2 s\n  }'],
  [
    'PX2001',
    "Change to 'filler'",
    '  resource filler\n  process p {\n    arrive every 3 s\n    use fillr for 2 s\n  }',
  ],
  ['PX2004', 'Add the way out scrap', '  process p {\n    arrive every 3 s\n    go to scrap\n  }'],
  [
    'PX2004',
    'Add a station again',
    '  process p { arrive every 3 s  wait 1 s  choose 2 % -> again, else -> leave }',
  ],
  [
    'PX5401',
    'Write filler.busy',
    '  resource filler\n  let a = filler\n  process p { arrive every 3 s  use filler for 2 s }',
  ],
  [
    'PX5402',
    'Write mean(line.wait)',
    '  resource m\n  let a = line.wait\n  process p { arrive every 3 s  queue line  use m for 2 s }',
  ],
  ['PX5405', 'Use m', '  resource m\n  process p { arrive every 3 s  use m.busy for 2 s }'],
  ['PX5406', 'Let items arrive every 3 s on average', '  process p {\n    wait 3 s\n  }'],
  [
    'PX5411',
    'Release 2 of m at the end',
    '  resource m[2]\n  process p {\n    arrive every 3 s\n    seize 2 of m\n    wait 2 s\n  }',
  ],
  [
    'PX5412',
    'Seize m before',
    '  resource m\n  process p {\n    arrive every 3 s\n    release m\n    wait 2 s\n  }',
  ],
  [
    'PX5412',
    'Leave it out',
    '  resource m\n  process p {\n    arrive every 3 s\n    release m\n    wait 2 s\n  }',
  ],
  [
    'PX5413',
    'Let a repair take 20 min',
    '  resource m { breaks after 3 h }\n  process p { arrive every 3 s  use m for 2 s }',
  ],
  [
    'PX5413',
    'Let it break after 40 h of work',
    '  resource m {\n    repair 3 min\n  }\n  process p { arrive every 3 s  use m for 2 s }',
  ],
  [
    'PX5414',
    'Leave this one out',
    '  resource m {\n    interrupted: resume\n    interrupted: leave\n  }\n  process p { arrive every 3 s  use m for 2 s }',
  ],
  [
    'PX5415',
    'Write weekdays',
    '  resource m { shifts weekday 06:00..14:00 }\n  process p { arrive every 3 s  use m for 2 s }',
  ],
  [
    'PX5416',
    'Write it as two, over midnight',
    '  resource m { shifts daily 22:00..06:00 }\n  process p { arrive every 3 s  use m for 2 s }',
  ],
  [
    'PX5422',
    'Write capper',
    '  resource filler\n  resource capper\n  resource caper\n  kpi b = most(utilisation(filler), utilisation(capper))\n  let x = b == caper\n  process p { arrive every 3 s  use m for 2 s }\n  resource m',
  ],
  [
    'PX5426',
    'Give it 4 units',
    '  resource m[3] { shifts daily 06:00..14:00 with 4 }\n  process p { arrive every 3 s  use m for 2 s }',
  ],
  [
    'PX5429',
    'Make rack a store',
    '  process cap { arrive every 3 s  queue rack }\n  process p { arrive every 3 s  take rack }',
  ],
])('%s: %s', (code, title, members) => {
  const text = asset(members);
  const { parsing, checking } = check({ [URI]: text });
  const finding = [...parsing, ...checking].find((one) => one.code === code);
  expect(finding?.code).toBe(code);
  const fix = finding!.fixes.find((one) => one.title === title);
  expect(finding!.fixes.map((one) => one.title)).toContain(title);
  const mended = check({ [URI]: apply(text, fix) });
  expect([...mended.parsing, ...mended.checking].filter(({ severity }) => severity === 'error')).toEqual([]);
});

it('PX5424: the day on which a run starts', () => {
  const text = 'package t\n\ncalendar plant {\n  weekdays 06:00..14:00\n  except 2026-12-24 closed\n}\n';
  const { checking } = check({ [URI]: text });
  const [fix] = checking.find(({ code }) => code === 'PX5424')!.fixes;
  const mended = apply(text, fix);
  expect(mended).toContain('  begins 2026-12-24\n  except 2026-12-24 closed');
  expect(check({ [URI]: mended }).checking).toEqual([]);
});
