/** What lexer and parser stumbled over → diagnostics in the modeller's words, at most one a line. */
import type { ILexingError, IRecognitionException, IToken } from 'chevrotain';
import type { LangiumDocument } from 'langium';
import { report, type Diagnostic, type Fix } from '../diagnostics/diagnostic.ts';
import {
  missing,
  notADeclaration,
  unclosedBlock,
  unclosedComment,
  unclosedText,
  unexpected,
  unexpectedCharacter,
  wordOfTheLanguage,
} from '../diagnostics/syntax.ts';
import type { SourceRange } from '../model/source.ts';
import { closestNames } from './closest-names.ts';
import { readExpectation } from './error-messages.ts';
import { sourceAt } from './source.ts';

export interface Vocabulary {
  /** All keywords. */
  all: ReadonlySet<string>;
  /** Keywords that may also be names. */
  names: ReadonlySet<string>;
  /** Keywords that begin a declaration of a file. */
  declarations: ReadonlySet<string>;
  tokenize: (text: string) => IToken[];
  /** Where the text begins that was parsed together with an offset. */
  startOfPiece?: (offset: number) => number;
}

export function syntaxDiagnostics(document: LangiumDocument, vocabulary: Vocabulary): Diagnostic[] {
  const { lexerErrors, parserErrors } = document.parseResult;
  if (lexerErrors.length === 0 && parserErrors.length === 0) return [];
  const teller = new Teller(document, vocabulary);
  const found = [
    ...lexerErrors.map((error) => teller.character(error)),
    ...parserErrors.flatMap((error) => teller.structure(error) ?? []),
  ];
  found.sort((a, b) => a.source.start - b.source.start);
  const lines = new Set<number>();
  return found.filter(({ source }) => !lines.has(source.line) && lines.add(source.line));
}

/** Habits from other languages. */
const INSTEAD: Record<string, { advice: string; text?: string }> = {
  ';': { advice: 'A line needs no terminator.', text: '' },
  '&': { advice: 'Write `and`.', text: 'and' },
  '&&': { advice: 'Write `and`.', text: 'and' },
  '|': { advice: 'Write `or`.', text: 'or' },
  '||': { advice: 'Write `or`.', text: 'or' },
  '!': { advice: 'Write `not`.', text: 'not ' },
  '?': { advice: 'Write `if … then … else …`.' },
  '#': { advice: 'A comment begins with //.', text: '//' },
  '@': { advice: 'Names are made of letters, digits and _.' },
  "'": { advice: 'A text stands in double quotes.' },
  '×': { advice: 'Write `*`.', text: '*' },
  '·': { advice: 'Write `*`.', text: '*' },
  '−': { advice: 'Write `-`.', text: '-' },
  '≤': { advice: 'Write `<=`.', text: '<=' },
  '≥': { advice: 'Write `>=`.', text: '>=' },
  '≠': { advice: 'Write `!=`.', text: '!=' },
  '²': { advice: 'Write `^2`.', text: '^2' },
  '³': { advice: 'Write `^3`.', text: '^3' },
};

const PLACES: Record<string, string> = {
  PackageDecl: 'the package line',
  UseDecl: 'the use line',
  AssetDecl: 'the asset',
  VariableDecl: 'the declaration',
  PartDecl: 'the part',
  SensorDecl: 'the sensor',
  RuleDecl: 'the rule',
  AlarmDecl: 'the alarm',
  WhenStatement: 'the when',
  AtStatement: 'the at',
  EveryStatement: 'the every',
  ForStatement: 'the for',
  EventDecl: 'the event',
  OnStatement: 'the on',
  EmitAction: 'the emit',
  CommandCall: 'the call',
  ModesDecl: 'the modes',
  ModeDecl: 'the mode',
  Transition: 'the transition',
  AfterStatement: 'the after',
  EntryActions: 'the entry',
  ExitActions: 'the exit',
  JoinStatement: 'the join',
  InitialStatement: 'the initially',
  IfStatement: 'the if',
  ResourceDecl: 'the resource',
  BreakClause: 'the breaks',
  RepairClause: 'the repair',
  ShiftsClause: 'the shifts',
  Shift: 'the shift',
  ProcessDecl: 'the process',
  ArriveStep: 'the arrive',
  QueueStep: 'the queue',
  ConveyStep: 'the convey',
  UseStep: 'the use',
  SeizeStep: 'the seize',
  ReleaseStep: 'the release',
  WaitStep: 'the wait',
  ChooseStep: 'the choose',
  ItemDecl: 'the item',
  Equation: 'the equation',
  SetAction: 'the set',
  Override: 'the assignment',
  Range: 'the range',
  TwinDecl: 'the twin',
  BindDecl: 'the bind',
  Binding: 'the binding',
  ScenarioDecl: 'the scenario',
  AtStep: 'the at',
  TestDecl: 'the test',
  RequireStatement: 'the require',
  ResponseStatement: 'the require',
  ExpectStatement: 'the expect',
  ExperimentDecl: 'the experiment',
  CalibrateDecl: 'the calibrate',
  FitStep: 'the fit',
  CompareStep: 'the compare',
  SoughtStep: 'the choose',
  VaryStep: 'the vary',
  ReportStep: 'the report',
  ViewDecl: 'the view',
  RowWidget: 'the row',
  ColumnWidget: 'the column',
  ChartWidget: 'the chart',
  GaugeWidget: 'the gauge',
  ButtonWidget: 'the button',
  UnitDecl: 'the unit',
  QuantityDecl: 'the quantity',
  ConstDecl: 'the constant',
  ConditionalExpr: 'the if',
  FunctionCall: 'the call',
  ListLiteral: 'the list',
  IndexExpr: 'the index',
};

class Teller {
  private readonly document: LangiumDocument;
  private readonly vocabulary: Vocabulary;
  private readonly text: string;
  private structureErrors = 0;

  constructor(document: LangiumDocument, vocabulary: Vocabulary) {
    this.document = document;
    this.vocabulary = vocabulary;
    this.text = document.parseResult.value.$cstNode?.root.fullText ?? document.textDocument.getText();
  }

  character({ offset, length }: ILexingError): Diagnostic {
    const character = this.text.slice(offset, offset + length).trim();
    const first = [...character][0] ?? '';
    if (first === '"') return report(unclosedText, {}, this.at(offset, this.endOfLine(offset)));
    const shown = INSTEAD[character] === undefined ? first : character;
    const instead = INSTEAD[shown];
    const source = this.at(offset, offset + shown.length);
    const replacement = instead?.text;
    const title = replacement === '' ? `Remove '${shown}'` : `Replace '${shown}' by '${replacement?.trim()}'`;
    const fixes: Fix[] =
      replacement === undefined
        ? []
        : [
            {
              title,
              edits: [{ ...span(source), text: replacement }],
            },
          ];
    return report(unexpectedCharacter, { character: shown, instead: instead?.advice }, source, { fixes });
  }

  structure(error: IRecognitionException): Diagnostic | undefined {
    this.structureErrors += 1;
    const found = error.token;
    const ends = found.tokenType.name === 'EOF';
    const { expected } = readExpectation(error.message);
    const place = placeOf(error.context.ruleStack);
    const before = previousToken(error);
    const start = ends ? (before === undefined ? 0 : endOf(before)) : found.startOffset;
    const here = ends ? this.at(Math.max(0, start - 1), start) : this.at(found.startOffset, endOf(found));

    const comment = this.text.lastIndexOf('/*', start);
    if (comment >= 0 && (ends || found.image === '/') && !this.text.includes('*/', comment)) {
      return report(unclosedComment, {}, this.at(comment, comment + 2));
    }
    if (expected.every((type) => type === 'EOF') && !error.name.startsWith('NoViable')) {
      // After an earlier error the parser may have lost its place: a word of the language is then no mistake of its own.
      if (this.structureErrors > 1 && this.vocabulary.all.has(found.image)) return undefined;
      return report(notADeclaration, { found: show(found) }, here);
    }
    if (expected.length === 1 && expected[0] === '}') {
      const opens =
        this.vocabulary.declarations.has(found.tokenType.name) && this.isFirstOnLine(found.startOffset);
      const brace = ends || opens ? this.openBrace(found) : undefined;
      if (brace !== undefined) {
        return report(unclosedBlock, { place: place ?? 'this declaration' }, this.at(brace, brace + 1), {
          related: [
            { message: ends ? 'The file ends here.' : 'The next declaration begins here.', source: here },
          ],
        });
      }
      return this.misplaced(found, [], place, here);
    }
    const wanted = this.words(expected);
    if (
      expected.includes('ID') &&
      /^[a-z]+$/i.test(found.image) &&
      !ends &&
      found.tokenType.name !== 'UNIT'
    ) {
      if (expected.length === 1 || wanted.length === 1) {
        return report(wordOfTheLanguage, { word: found.image }, here);
      }
    }
    if (wanted.length === 1 && wanted[0] !== undefined) {
      // What is missing belongs to the line before, not to what happens to follow it.
      const apart = before !== undefined && before.endLine !== found.startLine;
      const source =
        apart || ends ? this.at(before?.startOffset ?? 0, before === undefined ? 0 : endOf(before)) : here;
      return report(missing, { expected: wanted[0], found: show(found), place }, source);
    }
    return this.misplaced(found, wanted, place, here);
  }

  private misplaced(
    found: IToken,
    expected: readonly string[],
    place: string | undefined,
    source: SourceRange,
  ) {
    const word = /^[a-z_]\w*$/i.test(found.image) ? found.image : undefined;
    const keyword = word === undefined ? undefined : closestNames(word, this.vocabulary.all, 1)[0];
    const fixes =
      keyword === undefined
        ? []
        : [{ title: `Change to '${keyword}'`, edits: [{ ...span(source), text: keyword }] }];
    return report(unexpected, { found: show(found), expected, place, suggestion: keyword }, source, {
      fixes,
    });
  }

  /** Token types as people call them, shortened to what says most. */
  private words(expected: readonly string[]): string[] {
    const types = new Set(expected);
    const isName = types.has('ID');
    const isValue = types.has('NUMBER') && types.has('(');
    const words = new Set<string>();
    for (const type of types) {
      if (isValue && /^(NUMBER|STRING|ID|UNIT|true|false|time|if|not|der|\(|\[|-)$/.test(type))
        words.add('a value');
      else if ((isName || isValue) && this.vocabulary.names.has(type))
        words.add(isValue ? 'a value' : 'a name');
      else words.add(WORDS[type] ?? `'${type}'`);
    }
    const list = [...words];
    return list.length > 8 ? [...list.slice(0, 7), '…'] : list;
  }

  private openBrace(until: IToken): number | undefined {
    const end = until.tokenType.name === 'EOF' ? this.text.length : until.startOffset;
    const start = this.vocabulary.startOfPiece?.(Math.max(0, end - 1)) ?? 0;
    const open: number[] = [];
    for (const token of this.vocabulary.tokenize(this.text.slice(start, end))) {
      if (token.tokenType.name === '{') open.push(start + token.startOffset);
      if (token.tokenType.name === '}') open.pop();
    }
    return open.pop();
  }

  private isFirstOnLine(offset: number): boolean {
    return this.text.slice(this.text.lastIndexOf('\n', offset - 1) + 1, offset).trim() === '';
  }

  private endOfLine(offset: number): number {
    const end = this.text.slice(offset).search(/[\r\n]/);
    return end < 0 ? this.text.length : offset + end;
  }

  private at(start: number, end: number) {
    return sourceAt(this.document, start, Math.max(start, end));
  }
}

const WORDS: Record<string, string> = {
  ID: 'a name',
  NUMBER: 'a number',
  STRING: 'a text in quotes',
  UNIT: 'a unit',
  EOF: 'the end of the file',
};

function show(token: IToken): string {
  return token.tokenType.name === 'EOF' ? 'the end of the file' : `'${token.image}'`;
}

function placeOf(ruleStack: readonly string[]): string | undefined {
  for (const rule of ruleStack.toReversed()) {
    const place = PLACES[rule.replaceAll('\u200B', '')];
    if (place !== undefined) return place;
  }
  return undefined;
}

function previousToken(error: IRecognitionException): IToken | undefined {
  const token = 'previousToken' in error ? (error.previousToken as IToken | undefined) : undefined;
  return token === undefined || Number.isNaN(token.startOffset) ? undefined : token;
}

function span({ uri, start, end }: SourceRange): { uri: string; start: number; end: number } {
  return { uri, start, end };
}

function endOf(token: IToken): number {
  return (token.endOffset ?? token.startOffset) + 1;
}
