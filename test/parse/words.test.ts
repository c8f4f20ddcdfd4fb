/** A word of the language where a name should stand is one mistake, whatever is declared, and all that follows is understood. */
import { expect, it } from 'vitest';
import { said } from './helper.ts';

const WORDS =
  'part param fixed input state let sensor rule when at every on if not time set use unit final leave'.split(
    ' ',
  );

const inAsset = (member: string): string =>
  `asset B {\n  param b = 2 m\n}\nport P { across u: Length  through f: Force }\nasset A {\n  let y = 3 m\n  ${member}\n  let z = y * 2\n}\n`;

it.each<[string, (word: string) => string]>([
  ['a param', (word) => inAsset(`param ${word} = 3 m`)],
  ['a private state', (word) => inAsset(`private state ${word} = 3 m`)],
  ['a kpi', (word) => inAsset(`kpi ${word} = 3 m`)],
  ['a part', (word) => inAsset(`part ${word}: B`)],
  ['a port', (word) => inAsset(`port ${word}: P`)],
  ['a link', (word) => inAsset(`link ${word}: B`)],
  ['a command', (word) => inAsset(`command ${word}(x: Length)`)],
  ['a parameter of an event', (word) => inAsset(`event e(x: Length, ${word}: Length)`)],
  ['modes', (word) => inAsset(`modes ${word} {\n    initial Off { after 1 s -> On }\n    On {}\n  }`)],
  ['a first mode', (word) => inAsset(`modes m {\n    initial ${word} { after 1 s -> On }\n    On {}\n  }`)],
  ['a resource', (word) => inAsset(`resource ${word}[2]`)],
  ['a process', (word) => inAsset(`process ${word} {\n    arrive every 3 s\n    leave\n  }`)],
  ['a queue', (word) => inAsset(`process p {\n    arrive every 3 s\n    queue ${word}[3]\n    leave\n  }`)],
  ['an item', (word) => inAsset(`process p {\n    arrive every 3 s\n    item ${word} = 3 m\n    leave\n  }`)],
  ['a scenario', (word) => `asset B {\n  param b = 2 m\n}\nscenario ${word} for B {\n  run 3 s\n}\n`],
  ['an asset', (word) => `asset ${word} {\n  param b = 2 m\n}\n`],
  ['a const', (word) => `const ${word} = 3 m\n`],
  ['a parameter of a function', (word) => `function f(${word}: Length): Length = 2 * 3 m\n`],
])('%s', (_, text) => {
  for (const word of WORDS) expect(said(text(word)), word).toEqual([`PX1106 ${word}`]);
});

it('and its uses are no mistakes of their own', () => {
  const line = 'process part {\n    arrive every 3 s\n    leave\n  }\n  kpi out = rate(part.left)';
  expect(said(inAsset(line))).toEqual(['PX1106 part']);
});

it('a mode by a short word, and the way to it', () => {
  const modes = 'modes m {\n    initial off { after 1 s -> on }\n    on { after 2 s -> off }\n  }';
  expect(said(inAsset(modes))).toEqual(['PX1106 on', 'PX1106 on']);
});

it('a forgotten name is missing, and nothing else', () => {
  expect(said('asset B {\n  param b = 2 m\n}\nscenario for B {\n  run 3 s\n}\n')[0]).toBe('PX1106 for');
});

it('words of other languages that have one here are read as it', () => {
  const text =
    'model A {\n  parameter k = 2 m\n  constant n = 3\n  let y = k * n\n}\nscenario s for A {\n  run 3 s\n}\n';
  expect(said(text)).toEqual(['PX1108 model', 'PX1108 parameter', 'PX1108 constant']);
});
