/** Slips that many make in the middle of a statement, told by the tokens around the one at which the parser stopped. */
import { report, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { constraintFromATime, missing, unexpected, wordOfTheLanguage } from '../../diagnostics/syntax.ts';
import { endOf, endOfLine, isFirstOnLine, span } from './lines.ts';
import type { Stop } from './statement-slips.ts';
import { ACTIONS, show } from './syntax-words.ts';

/** `wanted`: what is expected, as people call it; `words`: those of the language. */
export function tokenSlip(
  stop: Stop,
  wanted: readonly string[],
  words: ReadonlySet<string>,
): Diagnostic | undefined {
  const { text, found, before, expected, place, at } = stop;
  const here = at(found.startOffset, endOf(found));
  const line = text.slice(text.lastIndexOf('\n', found.startOffset - 1) + 1, found.startOffset);
  const rest = text.slice(endOf(found), endOfLine(text, endOf(found)));
  const number = /(\d*)$/.exec(line)?.[1] ?? '';
  const digits = /^\d+/.exec(rest)?.[0];
  const groups = /(?<![\w.])(\d{1,3}(?:\.\d{3})+)$/.exec(line)?.[1];
  if (groups !== undefined && digits !== undefined && /^[,.]$/.test(found.image))
    return grouped(stop, groups, digits);
  if ((found.image === ',' && number !== '') || (found.image === '.' && number === '')) {
    if (digits !== undefined) return decimal(stop, number, digits);
  }
  const typed = /:(\s*)([\w%]+)\s*$/.exec(line);
  if (typed !== null && /^[/*^]$/.test(found.image) && DECLARES.test(line))
    return unitAsType(stop, typed, rest);
  const adding = /\bset\s+([\w.[\]]+)\s*([-+*/])=(?!=)/.exec(line + found.image + rest);
  if (adding !== null && place === 'the set') {
    const [written, name = '', operator = ''] = adding;
    const start = text.lastIndexOf('\n', found.startOffset - 1) + 1 + adding.index;
    const source = at(start, start + written.length);
    const help = `Write set ${name} = ${name} ${operator} …`;
    const edits = [{ ...span(source), text: `set ${name} = ${name} ${operator}` }];
    return report(missing, { expected: "'='", found: `'${operator}='`, place, help }, source, {
      fixes: [{ title: `Write set ${name} = ${name} ${operator}`, edits }],
    });
  }
  if (before?.image === 'draw' || (found.image === '..' && /\bdraw\s+\S*\s*$/.test(line))) {
    const drawn = drawnRange(stop, line, rest);
    if (drawn !== undefined) return drawn;
  }
  if (
    found.image === 'for' &&
    /\b(?:sum|product|min|max|mean|all|any|count)\s*\([^()]*(?:\([^()]*\)[^()]*)*$/.test(line)
  )
    return comprehension(stop, rest);
  if (found.image === 'for' && ACTIONS.has(place ?? '') && isFirstOnLine(text, found.startOffset)) {
    const advice =
      'A loop stands around what happens: for i in 1..3 { when … { set x[i] = … } }. All elements at once are set x[*] = ….';
    return report(unexpected, { found: "'for'", expected: [], place, advice }, here);
  }
  const within =
    found.image === 'in' ? /^\s+(\S.*?\S)\s*\.\.\s*(\S[^\s,)}]*(?:\s[a-z%][\w/*^%]*)?)/i.exec(rest) : null;
  const value = /([\w.[\]]+)\s+$/.exec(line)?.[1];
  if (
    within !== null &&
    value !== undefined &&
    /^the (test|require|expect|when|raise|clear)$/.test(place ?? '')
  ) {
    const [whole, low = '', high = ''] = within;
    const suggestion = `${value} >= ${low} and ${value} <= ${high}`;
    const source = at(found.startOffset, endOf(found) + whole.length);
    const edits = [
      {
        ...span(source),
        start: found.startOffset - (line.length - line.lastIndexOf(value)),
        text: suggestion,
      },
    ];
    const holes = { found: "'in'", expected: [], place, suggestion };
    return report(unexpected, holes, source, { fixes: [{ title: `Write ${suggestion}`, edits }] });
  }
  const late = /^\s*subject\s+to\s.*\S(\s+after)\s+$/.exec(line);
  if (before?.image === 'after' && late !== null) {
    const time = (found.image + rest).replace(/\s*\/\/.*/, '').trim();
    const source = at(before.startOffset, text.indexOf(time, before.startOffset) + time.length);
    const start = before.startOffset - late[1]!.length + 'after'.length;
    return report(constraintFromATime, { time }, source, {
      fixes: [{ title: `Remove after ${time}`, edits: [{ ...span(source), start, text: '' }] }],
    });
  }
  if (expected.length === 1 && expected[0] === '=' && before !== undefined) {
    const holes = { expected: "'='", found: show(found), place };
    const equation = text.slice(text.lastIndexOf('\n', before.startOffset) + 1, endOf(before));
    if (found.image === ':' && rest.startsWith('=')) {
      const source = at(found.startOffset, endOf(found) + 1);
      const help =
        'An equation is written with =. To change a value at an event, write `set x = …` in a `when`.';
      const fixes = [{ title: 'Write =', edits: [{ ...span(source), text: '=' }] }];
      return report(missing, { ...holes, found: "':='", help }, source, { fixes });
    }
    const equals = equation.indexOf('==');
    if (equals >= 0) {
      const start = text.lastIndexOf('\n', before.startOffset) + 1 + equals;
      const source = at(start, start + 2);
      const fixes = [{ title: 'Write =', edits: [{ ...span(source), text: '=' }] }];
      const help = '`==` compares; an equation is written with one `=`.';
      return report(missing, { ...holes, found: "'=='", help }, source, { fixes });
    }
    if (before.tokenType.name === 'ID' && !isFirstOnLine(text, before.startOffset)) {
      const source = at(before.startOffset, endOf(before));
      const edits = [{ ...span(source), end: source.start, text: '* ' }];
      const help = 'A product is written with `*`; a new statement begins on a new line.';
      return report(missing, { expected: 'an operator', found: show(before), place, help }, source, {
        fixes: [{ title: "Write '*'", edits }],
      });
    }
  }
  if ((found.image === 'then' || found.image === ':') && ACTIONS.has(place ?? '') && place !== 'the set') {
    const help = 'What happens stands in braces: when … { set x = … }.';
    return report(missing, { expected: "'{'", found: show(found), place, help }, here);
  }
  const assigns = /^\s*(\.\s*\w+\s*|\[[^\]]*\]\s*)*[-+*/:]?=(?!=)/.test(rest);
  if (ACTIONS.has(place ?? '') && assigns && /^[a-z_]\w*$/i.test(found.image)) {
    const fixes = [{ title: "Write 'set'", edits: [{ ...span(here), end: here.start, text: 'set ' }] }];
    const help = `To change a value at an event, write set ${found.image} = …`;
    return report(missing, { expected: "'set'", found: show(found), place, help }, here, { fixes });
  }
  // The loop over operators ends before one that nothing follows.
  if (/^([-+*/^]|[<>]=?|==|!=|and|or)$/.test(found.image) && !wanted.includes('a value')) {
    return report(missing, { expected: `a value after '${found.image}'`, found: 'nothing', place }, here);
  }
  if (wanted.includes('a value') && words.has(found.image) && /^[a-z]/.test(found.image)) {
    if (before !== undefined && before.endLine !== found.startLine) {
      const source = at(before.startOffset, endOf(before));
      return report(missing, { expected: 'a value', found: show(found), place }, source);
    }
    return report(wordOfTheLanguage, { word: found.image }, here);
  }
  return undefined;
}

/** `draw 1..3`: a range is no distribution. */
function drawnRange({ found, at, text }: Stop, line: string, rest: string): Diagnostic | undefined {
  const whole = line + found.image + rest;
  const range = /\bdraw\s+([-\d.]*?\d(?:\s[\w/%*]+)?)\s*\.\.\s*([-\d.]*\d(?:\s[\w/%*]+)?)/.exec(whole);
  if (range === null) return undefined;
  const [written, low = '', high = ''] = range;
  const start = text.lastIndexOf('\n', found.startOffset - 1) + 1 + range.index + 'draw'.length;
  const source = at(start + 1, start + written.length - 'draw'.length);
  const isWhole = /^-?\d+$/.test(low) && /^-?\d+$/.test(high);
  const uniform = `uniform(${low}, ${high})`;
  const example = isWhole ? wholeNumbers(Number(low), Number(high)) : undefined;
  const advice =
    `A draw is from a distribution: ${uniform} is any number between the two` +
    (example === undefined ? '.' : `, ${example} a whole one.`);
  const fixes = [example, uniform].flatMap((each) =>
    each === undefined ? [] : [{ title: `Write ${each}`, edits: [{ ...span(source), text: each }] }],
  );
  const holes = {
    found: `'${text.slice(source.start, source.end)}'`,
    expected: [],
    place: 'the draw',
    advice,
  };
  return report(unexpected, holes, source, { fixes });
}

/** Each with the same chance. */
function wholeNumbers(low: number, high: number): string {
  return `floor(draw uniform(${low}, ${high + 1}))`;
}

/** `sum(x[j] for j in 1..k)`, of Python and Modelica. */
function comprehension({ found, at }: Stop, rest: string): Diagnostic {
  const end = rest.indexOf(')') < 0 ? 0 : rest.indexOf(')');
  const source = at(found.startOffset, endOf(found) + end);
  const advice =
    'Functions take all elements by [*]: `sum(x[*])`, `sum(x[*] * y[*])`, `sum(x[1..3])`. What is more is computed for each by a `let` of an array.';
  return report(unexpected, { found: "'for'", expected: [], place: 'the call', advice }, source);
}

const DECLARES = /^\s*(public\s+|private\s+|final\s+)*(const|param|fixed|input|state|kpi|let)\b/;

/** `let price: EUR/h = …`: what stands behind the colon is a quantity, which has units. */
function unitAsType({ found, place, at, text }: Stop, typed: RegExpExecArray, rest: string): Diagnostic {
  const [written, gap = '', first = ''] = typed;
  const unit = `${first}${found.image}${/^[^={]*/.exec(rest.replace(/\/\/.*/, ''))![0].trimEnd()}`;
  const start = found.startOffset - written.length + 1 + gap.length;
  const source = at(start, start + unit.length);
  const hasValue = /^[^={]*=(?!=)/.test(rest);
  const advice = hasValue
    ? `A quantity stands behind ':', and ${unit} is a unit. The quantity follows from the value, so ': ${unit}' can be left out.`
    : `A quantity stands behind ':', and ${unit} is a unit. Declare the quantity by it, as in quantity Rate = ${unit}.`;
  const colon = text.lastIndexOf(':', start);
  const fixes = hasValue
    ? [{ title: `Remove ': ${unit}'`, edits: [{ ...span(source), start: colon, text: '' }] }]
    : [];
  return report(unexpected, { found: `'${unit}'`, expected: [], place, advice }, source, { fixes });
}

/** `1,5` and `.5`. */
function decimal({ text: all, found, at }: Stop, whole: string, digits: string): Diagnostic {
  const source = at(found.startOffset - whole.length, endOf(found) + digits.length);
  const text = `${whole === '' ? '0' : whole}.${digits}`;
  const fixes = [{ title: `Write ${text}`, edits: [{ ...span(source), text }] }];
  const written = all.slice(source.start, source.end);
  return report(unexpected, { found: `'${written}'`, expected: [], suggestion: text }, source, { fixes });
}

/** `1.000,5` and `1.000.000`. */
function grouped({ text: all, found, at }: Stop, groups: string, digits: string): Diagnostic {
  const source = at(found.startOffset - groups.length, endOf(found) + digits.length);
  const whole = groups.split('.');
  const text = found.image === ',' ? `${whole.join('')}.${digits}` : [...whole, digits].join('_');
  const fixes = [{ title: `Write ${text}`, edits: [{ ...span(source), text }] }];
  const written = all.slice(source.start, source.end);
  return report(unexpected, { found: `'${written}'`, expected: [], suggestion: text }, source, { fixes });
}
