/** What is chosen by a name that is no word of the language, behind the words that ask for it: `search by cmaes`. */
import { CompletionItemKind, type CompletionItem, type Range } from 'vscode-languageserver-types';
import { SAMPLE_METHODS, SEARCH_METHODS, STATISTICS } from '../../compiler/2-check/index.ts';
import { aboutName } from '../read/keywords.ts';

interface Choice {
  after: RegExp;
  /** The node that the name stands in. */
  type: string;
  names: readonly string[];
}

const CHOICES: readonly Choice[] = [
  { after: /(?:^|\s)sample\s+[\d_]+\s+by\s+$/, type: 'SampleStep', names: SAMPLE_METHODS },
  { after: /(?:^|\s)search\s+by\s+$/, type: 'SearchStep', names: SEARCH_METHODS },
  { after: /^\s*between\s+$/, type: 'BetweenEntry', names: ['linear', 'cubic', 'previous'] },
  { after: /^\s*outside\s+$/, type: 'OutsideEntry', names: ['hold', 'linear', 'error'] },
  { after: /\binputs\s.*\bbetween\s+$/, type: 'RecordedStep', names: ['previous', 'linear'] },
  { after: /\bprofile\s.*\bbetween\s+$/, type: 'ProfileStep', names: ['previous', 'linear'] },
  { after: /\binputs\s.*\bthen\s+$/, type: 'RecordedStep', names: ['hold', 'repeat'] },
];

/** Statistics before what is reported, beside the names that may stand there. */
export function statisticItems(before: string, range: Range): CompletionItem[] {
  if (!/^\s*(?:report|maximise|minimise)\s(?:.*,\s*)?$/.test(before)) return [];
  return STATISTICS.map((name) => {
    const words = name === 'quantile' ? 'quantile 95 % of' : `${name} of`;
    return {
      label: `${name} of`,
      kind: CompletionItemKind.Keyword,
      sortText: `3${name}`,
      documentation: aboutName({ $type: 'ReportedValue' }, name) ?? '',
      textEdit: { range, newText: words },
    };
  });
}

/** Undefined where nothing of the kind is asked for. */
export function chosenItems(before: string, range: Range): CompletionItem[] | undefined {
  const choice = CHOICES.find(({ after }) => after.test(before));
  return choice?.names.map((label, index) => {
    const documentation = aboutName({ $type: choice.type }, label);
    return {
      label,
      kind: CompletionItemKind.EnumMember,
      sortText: String(index),
      textEdit: { range, newText: label },
      ...(documentation === undefined ? {} : { documentation }),
    };
  });
}
