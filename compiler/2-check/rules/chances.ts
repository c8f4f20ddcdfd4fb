/** Probabilities in tests. */
import { AstUtils } from 'langium';
import { isTestDecl, type ChanceStatement, type Expression } from '../../../grammar/generated/ast.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as findings from '../../diagnostics/chances.ts';
import { constantExpected } from '../../diagnostics/types.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue } from '../constants.ts';
import { plain } from '../environment.ts';
import { requireBoolean } from '../infer/infer.ts';
import { target } from '../members.ts';
import { requireFit } from '../mismatch.ts';
import { PLAIN } from '../type.ts';
import { insideRun, knownTime } from './scenarios.ts';

export function chanceMustBeShown(chance: ChanceStatement, analysis: Analysis): void {
  const symbol = chance.symbol as string | undefined;
  if (symbol !== undefined && symbol !== 'P') {
    const place = sourceOfProperty(chance, 'symbol');
    const fixes = [
      { title: 'Write P', edits: [{ uri: uriOf(chance), start: place.start, end: place.end, text: 'P' }] },
    ];
    analysis.report(findings.chanceExpected, { symbol }, chance, { place, fixes });
  }
  requireBoolean(chance.condition, 'What is to be probable', analysis);
  const scenario = target(AstUtils.getContainerOfType(chance, isTestDecl)?.scenario);
  const moment = chance.within ?? chance.time;
  insideRun(
    knownTime(moment, 'A moment', analysis, chance.within ? 'positive' : 'any'),
    moment,
    scenario,
    analysis,
  );
  const bound = share(chance.bound, 'A probability', analysis);
  const confidence =
    chance.confidence === undefined ? 0.95 : share(chance.confidence, 'A confidence', analysis);
  const runs = Number(plain(chance.runs ?? 'NaN'));
  if (bound === undefined || confidence === undefined || Number.isNaN(runs)) return;
  // Clopper and Pearson's bound where all runs go well: 1 - (1 - confidence)^(1 / runs).
  const least = Math.ceil(Math.log(1 - confidence) / Math.log(chance.operator === '<' ? 1 - bound : bound));
  if (Number.isInteger(runs) && runs >= least) return;
  const words = `${chance.operator} ${textOf(chance.bound)}`;
  analysis.report(findings.chanceNotShown, { runs: chance.runs!, least, bound: words }, chance, {
    place: sourceOfProperty(chance, 'runs'),
    fixes: [
      {
        title: `Write ${least} runs`,
        edits: [{ ...spanOf(chance), text: String(least) }],
      },
    ],
  });
}

function spanOf(chance: ChanceStatement): { uri: string; start: number; end: number } {
  const { uri, start, end } = sourceOfProperty(chance, 'runs');
  return { uri, start, end };
}

function share(of: Expression | undefined, what: string, analysis: Analysis): number | undefined {
  if (of === undefined || !requireFit(of, { text: what, type: PLAIN }, analysis)) return undefined;
  if (analysis.typeOf(of).base === 'unknown') return undefined;
  const value = numberValue(of, analysis);
  if (value === undefined) analysis.report(constantExpected, { text: textOf(of), place: what }, of);
  else if (value <= 0 || value >= 1) analysis.report(findings.chanceBound, { text: textOf(of), what }, of);
  else return value;
  return undefined;
}
