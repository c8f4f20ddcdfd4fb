/** Reference pages that are made from the code and the library: text in, Markdown out. */
import { FUNCTIONS } from '../../compiler/2-check/functions.ts';
import { OVER_TIME } from '../../compiler/2-check/over-time.ts';
import type { FunctionInfo } from '../../compiler/2-check/functions.ts';
import { CATALOGUE } from '../../compiler/diagnostics/catalogue.ts';

const remark = '<!-- Made by test/docs/generated.ts; write it anew with: npx vitest run test/docs -u -->';
const cell = (text: string): string => text.replaceAll('|', '\\|');
const row = (...cells: string[]): string => `| ${cells.map(cell).join(' | ')} |\n`;
const header = (...cells: string[]): string => row(...cells) + `|${' --- |'.repeat(cells.length)}\n`;
const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

interface Declared {
  section: string;
  name: string;
  definition: string;
  /** `prefixes`, `binary prefixes` or nothing. */
  prefixes: string;
  doc: string;
}

/** Declarations of a library file with their sections (`// ── Length ──`) and docs. */
export function declarationsIn(text: string): Declared[] {
  const declared: Declared[] = [];
  let section = '';
  let doc: string[] = [];
  for (const line of text.split('\n')) {
    const title = /^\/\/ ── (.*?) ─*$/.exec(line)?.[1];
    if (title !== undefined) section = title;
    const match = /^(?:unit|quantity|const) (\S+)(?: = (.*?))?(?: with ((?:binary )?prefixes))?$/.exec(line);
    if (match !== null) {
      const [, name = '', definition = '', prefixes = ''] = match;
      declared.push({ section, name, definition, prefixes, doc: doc.join(' ') });
    }
    if (line.startsWith('///')) doc.push(line.slice(3).trim());
    else doc = [];
  }
  return declared;
}

/** `library`: texts by file name. */
export function unitsPage(library: Readonly<Record<string, string>>): string {
  let page = `# Units, quantities and constants

${remark}

All of these are declared in the library (\`library/*.twin\`) and are visible in every file. Where it says "prefixes", all
prefixes of the SI may stand before the unit, from \`q\` (1e-30) to \`Q\` (1e30); "binary prefixes" are \`Ki\`, \`Mi\` and
so on besides those. A unit without a definition is a base unit.
`;
  const units = declarationsIn(library['units.twin']!);
  for (const section of new Set(units.map((unit) => unit.section))) {
    page += `\n## ${section}\n\n${header('unit', 'is', 'prefixes', 'meaning')}`;
    for (const { name, definition, prefixes, doc } of units.filter((unit) => unit.section === section))
      page += row(code(name), code(definition), prefixes, doc);
  }
  page += `\n## Quantities\n\n${header('quantity', 'unit', 'meaning')}`;
  for (const { name, definition, doc } of declarationsIn(library['quantities.twin']!))
    page += row(code(name), code(definition), doc);
  page += `\n## Constants\n\n${header('constant', 'value', 'meaning')}`;
  for (const { name, definition, doc } of declarationsIn(library['constants.twin']!))
    page += row(code(name), code(definition), doc);
  return page;
}

/** Packages of assets: each file with what it declares, by the lines of the text. */
export function libraryPage(library: Readonly<Record<string, string>>): string {
  let page = `# Library of assets

${remark}

Assets that many plants are made of, joined by [ports](../guide/14-ports.md). They are written in the language, in \`library/*.twin\`;
"go to definition" opens them. \`use pollux.electrical: Resistor, Ground\` brings in single ones, \`use pollux.electrical\` all of a
package. A package that no text names is not read.
`;
  for (const text of Object.values(library).toSorted()) {
    const name = /^package (.*)$/m.exec(text)?.[1] ?? '';
    if (name === 'pollux.units' || name === 'pollux.sensing') continue;
    page += `\n## ${name}\n\n${docBefore(text, /^package /m)}\n\n${header('name', 'is', 'given', 'joined by')}`;
    for (const [whole, kind = '', title = '', base = '', body = ''] of text.matchAll(
      /^((?:abstract )?asset|port) (\w+)(?: extends (\w+))? \{(?: .* |\n([\s\S]*?)^)\}$/gm,
    )) {
      const members = (word: string) =>
        [...body.matchAll(new RegExp(`^  (?:${word}) (\\w+)`, 'gm'))].map(([, member]) => code(member ?? ''));
      const doc = docBefore(
        text.slice(0, text.indexOf(whole) + whole.length),
        new RegExp(`^${kind} ${title}\\b`, 'm'),
      );
      const joined = [...members('port'), ...(base === '' ? [] : [`as ${code(base)}`])];
      page += row(code(title), doc, members('param|fixed|input|state').join(' '), joined.join(', '));
    }
  }
  return page;
}

/** The lines of documentation that stand right before the first match. */
function docBefore(text: string, declaration: RegExp): string {
  const lines = text.slice(0, text.search(declaration)).trimEnd().split('\n');
  const from = lines.findLastIndex((line) => !line.startsWith('///')) + 1;
  return lines
    .slice(from)
    .map((line) => line.slice(3).trim())
    .join(' ');
}

const RULES: readonly [FunctionInfo['rule'], title: string, meaning: string][] = [
  ['same', 'Of any quantity', 'All arguments have one quantity, and the result has it too.'],
  [
    'shape',
    'Limits and corners',
    'All arguments have one quantity, and the result has it too. Bends are met by the step.',
  ],
  ['promise', 'Promises', 'The value of any quantity, as it is; a number, and no condition.'],
  ['delay', 'Of the past', 'The value has any quantity, and the result has it too.'],
  [
    'map',
    'Straight lines',
    'The first three arguments have one quantity; the other two have one, and the result has it.',
  ],
  ['share', 'Shares', 'Values of one quantity give a plain number.'],
  [
    'quotient',
    'Quotients',
    'The result has the quantity of the first by that of the second. What is not 0 divided by 0 stops the run.',
  ],
  ['truth', 'Comparisons', 'Values of one quantity give true or false.'],
  ['root', 'Roots', 'The quantity of the result is the root of that of the argument.'],
  ['plain', 'Of plain numbers', 'Argument and result are plain numbers; angles are plain numbers.'],
  ['angle', 'Angles', 'Two values of one quantity give an angle.'],
  ['sign', 'Signs', 'Any quantity gives a plain number.'],
  ['whole', 'Whole numbers', 'A plain number gives a whole one.'],
  [
    'reduction',
    'Over all elements',
    'The argument has a `[*]`, as in `sum(pump[*].flow)`, or is a vector or matrix. `min` and `max` also do this.',
  ],
  [
    'statistic',
    'Of processes',
    'The argument is a measure of a process, a queue or a resource, or a resource itself. `mean` and `max` also do this.',
  ],
  [
    'name',
    'To a name',
    'The arguments are of one quantity, and each is a path or a function of one. The result is a `let` or `kpi`, shown and compared.',
  ],
  [
    'linear',
    'Of vectors and matrices',
    'The guide has [a chapter](../guide/23-vectors-matrices.md) on them. `sum`, `mean`, `min`, `max`, `any`, `all` and `count` take them too.',
  ],
  ['event', 'Of a name', '`der` stands in equations, `pre` on the right of `set`.'],
];

export function functionsPage(): string {
  let page = `# Functions

${remark}

Functions are part of the compiled twin, so they give the same bits [wherever it runs](../decisions/same-bits.md). The errors of the
elementary functions are below one unit in the last place; of \`erf\` they are below 1.25, of
\`erfc\` below 4, and of \`lgamma\` below 3 for what is positive.
`;
  for (const [rule, title, meaning] of RULES) {
    page += `\n## ${title}\n\n${meaning}\n\n${header('function', 'arguments', 'gives')}`;
    for (const { name, arguments: counts, doc } of [...FUNCTIONS.values()].filter(
      (one) => one.rule === rule,
    )) {
      const [fewest, most] = counts;
      page += row(code(name), most === Infinity ? `${fewest} or more` : String(most), doc);
    }
  }
  page += `\n## Over time\n\nOf a value and a length of time; [the language](language.md#over-time) says how.\n\n${header('function', 'window', 'gives')}`;
  for (const { name, clauses, doc } of OVER_TIME.values())
    page += row(code(name), clauses.map(code).join(' or ') || '–', doc);
  return page;
}

const FAMILIES: readonly [codes: RegExp, title: string][] = [
  [/^PX1/, 'Syntax'],
  [/^PX20/, 'Names'],
  [/^PX21/, 'Assets and what they are made of'],
  [/^PX24/, 'Private data, and limits'],
  [/^PX23/, 'Packages from elsewhere'],
  [/^PX30/, 'Units and quantities'],
  [/^PX31/, 'Types and ranges'],
  [/^PX32/, 'Functions, tables, delays, vectors'],
  [/^PX33/, 'Distributions and draws'],
  [/^PX40/, 'The equations as a whole'],
  [/^PX43/, 'Equations between states, and the start'],
  [/^PX41/, 'Who defines which variable'],
  [/^PX42/, 'Ports and connections'],
  [/^PX43/, 'Initial conditions and constraints'],
  [/^PX51/, 'Events and rules'],
  [/^PX52/, 'Modes, events and commands'],
  [/^PX53/, 'Conditions over time'],
  [/^PX54/, 'Process flow'],
  [/^PX61(1[2-9]|[2-4]\d)/, 'Inputs over time'],
  [/^PX61/, 'Sensors, bindings and views'],
  [/^PX62/, 'Experiments and calibration'],
  [/^PX63/, 'Numerical methods'],
  [/^PX7/, 'Scenarios and tests'],
  [/^PX8/, 'Reviews'],
  [/^PX9/, 'What stops a run'],
];

/** `troubles`: codes of the runtime with their titles. */
export function diagnosticsPage(troubles: readonly { code: string; title: string }[]): string {
  /** Of a run, which goes on. */
  const WARNINGS = new Set(['PX9054']);
  const all = [
    ...CATALOGUE,
    ...troubles.map((trouble) => ({
      ...trouble,
      severity: WARNINGS.has(trouble.code) ? 'warning' : 'error',
    })),
  ];
  let page = `# Diagnostics

${remark}

Each has a page with an example and what mends it. \`pollux explain CODE\` prints it.
`;
  for (const [codes, title] of FAMILIES) {
    if (!all.some((one) => codes.test(one.code))) continue;
    page += `\n## ${title}\n\n${header('code', 'severity', 'what')}`;
    for (const { code: name, severity, title: what } of all.filter((one) => codes.test(one.code)))
      page += row(`[${name}](../diagnostics/${name}.md)`, severity, what);
  }
  return page;
}
