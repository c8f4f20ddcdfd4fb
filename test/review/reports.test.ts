import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import markdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { html } from '../../review/html.ts';
import { cell, code, COMMENT_LIMIT, markdown } from '../../review/markdown.ts';
import { svg, ticksBetween, timeUnit } from '../../review/picture.ts';
import type { Review } from '../../review/review.ts';
import { reviewOf } from './versions.ts';

const PLANT = `package plant

asset Plant {
  param tau = 2 s
  state x = 1
  der(x) = -x / tau
  alarm low: warning "Nearly gone" {
    raise when x < 0.01
  }
}

scenario long for Plant {
  run 10 s
}

test "fades | quickly" on long {
  expect x < 0.1
}
`;
const changed = reviewOf(PLANT, PLANT.replace('2 s', '9 s'));
const same = reviewOf(PLANT, PLANT);
/** As a forge reads it: an independent implementation of CommonMark with tables. */
const forge = markdownIt();

describe('the Markdown report', () => {
  it('has tables that a forge reads as such', () => {
    const rendered = forge.render(markdown(changed));
    for (const title of [
      'What it means',
      'What moves most',
      'Signals outside of tolerance',
      'Alarms and rules',
      'Requirements',
      'Why',
      'What the text says',
    ])
      expect(rendered).toContain(`<h4>${title}</h4>`);
    expect(rendered).toContain('fades | quickly');
    expect(rendered).toContain('<td>2 s → 9 s</td>');
    expect(rendered.match(/<table>/g)).toHaveLength(7);
    for (const row of rendered.match(/<tr>[\s\S]*?<\/tr>/g) ?? [])
      expect(row.match(/<t[dh]/g)!.length).toBeGreaterThan(2);
  });

  it('shows what changed, what follows and what moves most, and the rest when asked', () => {
    // Of two parts that hand a value on, one is named; what differs in two scenarios stands in one row.
    const chained =
      PLANT.replace('der(x)', 'let y = x\n  let z = 1000 * x + sin(time / 1 s)\n  der(x)') +
      '\nscenario short for Plant {\n  run 5 s\n}\n';
    const text = markdown(reviewOf(chained, chained.replace('2 s', '9 s')));
    const [seen = '', rest = ''] = text.split('<details>');
    const titles = [...seen.matchAll(/^#### (.*)$/gm)].map(([, title]) => title);
    expect(titles).toEqual(['What the text says', 'What it means', 'What moves most']);
    expect(seen).toContain('| changed | param `Plant.tau (plant.twin:4)` | 2 s → 9 s |');
    expect(seen).toMatch(/^\| `x`, as `y` \| long and 1 more \| /m);
    expect(seen).toContain('| **breaks** | behaviour |');
    expect(rest).toMatch(/^<summary>In each scenario: .*<\/summary>\n\n#### /);
    expect(rest).toMatch(/^\| short \| `y` \| /m);
  });

  it('is one line when nothing changed', () => {
    expect(markdown(same)).toBe(
      '### ⚪ Nothing changed: neither what the text says nor what it does.\n\n`base` → `head`\n',
    );
  });

  it('is never longer than it may be, and says what it leaves out', () => {
    const many = (n: number): Review => ({
      ...changed,
      findings: Array.from({ length: n }, () => changed.findings[0]!),
      changes: Array.from({ length: n }, () => changed.changes[0]!),
      causes: [],
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: 200, max: COMMENT_LIMIT }),
        (n, limit) => {
          const text = markdown(many(n), { limit });
          expect(text.length).toBeLessThanOrEqual(limit);
          expect(text).toContain(changed.verdict.text);
        },
      ),
      { numRuns: 40 },
    );
    expect(markdown(many(5000)).length).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(markdown(many(5000))).toMatch(/… and \d+ more: see the full report/);
    // Rows that nobody reads are no part of a comment.
    expect(markdown(many(5000)).split('\n').length).toBeLessThan(150);
    expect(markdown(many(5000))).toContain('… and 4970 more: see the full report');
  });

  it('shows text from a model as text', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('`', '|', '<', '*', '[', '](x)', '\\', '_', 'a', ' ', '@b', '\n'),
        }),
        (text) => {
          const row = forge.render(`| a | b |\n| --- | --- |\n| ${cell(text)} | x${code(text)} |\n`);
          expect(row.match(/<td>/g)).toHaveLength(2);
          expect(row).not.toMatch(/<(em|strong|a|img|s)\b/);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the JSON report', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../review/review.schema.json', import.meta.url), 'utf8'),
  ) as object;
  const validate = new Ajv2020({ strict: true, formats: { date: /^\d{4}-\d{2}-\d{2}$/ } }).compile(schema);

  it('fits its schema', () => {
    const weaker = reviewOf(PLANT, PLANT.replace('x < 0.1', 'x < 0.2'));
    const gone = reviewOf(PLANT, PLANT.slice(0, PLANT.indexOf('test "')));
    expect(weaker.behaviour.tests[0]!.replaces?.strength).toBe('weaker');
    expect(gone.behaviour.tests[0]!.whole).toBe(true);
    const waived = reviewOf(PLANT, PLANT.replace('2 s', '9 s'), {
      waivers: [
        { fingerprint: changed.findings[0]!.fingerprint, reason: 'known and wanted', expires: '2030-01-01' },
      ],
    });
    for (const each of [changed, same, waived, weaker, gone]) {
      validate(JSON.parse(JSON.stringify(each)));
      expect(validate.errors).toBeNull();
    }
    expect(validate({ ...JSON.parse(JSON.stringify(same)), more: 1 })).toBe(false);
  });

  it('is the same each time', () => {
    expect(JSON.stringify(reviewOf(PLANT, PLANT.replace('2 s', '9 s')))).toBe(JSON.stringify(changed));
  });
});

describe('pictures and the page', () => {
  const [scenario] = changed.behaviour.scenarios;
  const hostile: Review = {
    ...changed,
    head: '<script>alert(1)</script>',
    changes: changed.changes.map((each) => ({ ...each, newText: '"><img src=x onerror=alert(1)>' })),
  };

  it('stand alone: no script, nothing from elsewhere', () => {
    const page = html(hostile);
    expect(page).not.toMatch(/<(script|img|link|iframe|object|base)\b/);
    expect(
      page.match(/https?:\/\/[^"]+/g)?.every((address) => address === 'http://www.w3.org/2000/svg'),
    ).toBe(true);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('Scenario long');
  });

  it('draw both lines over the whole run', () => {
    const picture = svg(scenario!.signals[0]!, 'a < b & "c"');
    expect(picture).toContain('aria-label="a &lt; b &amp; &quot;c&quot;, before and after"');
    for (const name of ['before', 'after']) {
      // The first of them is in the legend.
      const path = [...picture.matchAll(new RegExp(`<path class="pp-${name}" d="([^"]+)"`, 'g'))].at(-1)![1]!;
      const points = [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [
        Number(x),
        Number(y),
      ]);
      expect(points).toHaveLength(121);
      expect(points.every(([x, y]) => x! >= 58 && x! <= 546 && y! >= 30 && y! <= 164)).toBe(true);
      // Both fall, as exp(-t) does.
      expect(points.at(-1)![1]).toBeGreaterThan(points[0]![1]!);
    }
  });

  it('have round numbers at their axes', () => {
    expect(ticksBetween(0, 1)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(ticksBetween(-3, 17)).toEqual([0, 5, 10, 15]);
    expect(ticksBetween(5, 5)).toEqual([]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (low, span) => {
          const ticks = ticksBetween(low, low + span);
          expect(ticks.length).toBeLessThan(8);
          expect(ticks.length).toBeGreaterThan(1);
          for (const tick of ticks)
            expect(tick >= low - 1e-6 * span && tick <= low + span * (1 + 1e-6)).toBe(true);
        },
      ),
    );
    expect([10, 200, 7200, 200_000].map((span) => timeUnit(span).label)).toEqual(['s', 'min', 'h', 'd']);
  });

  it('show KPIs with both intervals, and what made a difference beside the line that did', () => {
    const drawn = (gain: string): string =>
      `package q\nasset Shop {\n  param x = draw normal(10, 1)\n  kpi out = ${gain} * x\n}\nscenario day for Shop { run 1 s }\n`;
    const review = reviewOf(drawn('2'), drawn('3'));
    const page = html(review);
    expect(page).toContain('<h2>KPIs<small>');
    expect(page.match(/class="pp-dot-(before|after)"/g)).toHaveLength(2);
    expect(page).toMatch(/<a href="#change-0">Shop\.out<\/a> moves <code>out<\/code>/);
    const validate = new Ajv2020({ strict: true, validateFormats: false }).compile(
      JSON.parse(readFileSync(new URL('../../review/review.schema.json', import.meta.url), 'utf8')) as object,
    );
    validate(JSON.parse(JSON.stringify(review)));
    expect(validate.errors).toBeNull();
    expect(markdown(review)).toContain('#### KPIs');
  });
});
