/** What lexer and parser stumbled over → diagnostics in the modeller's words, at most one a line. */
import type { ILexingError, IRecognitionException, IToken } from 'chevrotain';
import type { LangiumDocument } from 'langium';
import { report } from '../../diagnostics/diagnostic.ts';
import type { Diagnostic, Fix } from '../../diagnostics/diagnostic.ts';
import {
  anotherLanguage,
  missing,
  notADeclaration,
  unclosedBlock,
  unclosedComment,
  unclosedText,
  unexpected,
  unexpectedCharacter,
  wordOfTheLanguage,
} from '../../diagnostics/syntax.ts';
import type { SourceRange } from '../../model/source.ts';
import { closestNames } from '../names/closest-names.ts';
import { readExpectation } from './error-messages.ts';
import { endOf, endOfLine, isFirstOnLine, lastBefore, lineBefore, span } from './lines.ts';
import { CHARACTERS, habitOf, stepHabitOf } from './habits.ts';
import type { Habit } from './habits.ts';
import { FOREIGN_WORD, WORD_AS_NAME } from '../read/lexer.ts';
import { tellSlip } from './slips.ts';
import { sourceAt } from '../source.ts';
import { isClosedLater, misplacedDeclaration, statementSlip, type Stop } from './statement-slips.ts';
import { tokenSlip } from './token-slips.ts';
import { ACTIONS, WORDS, show, placeOf } from './syntax-words.ts';

export interface Vocabulary {
  /** All keywords. */
  all: ReadonlySet<string>;
  /** Keywords that may also be names. */
  names: ReadonlySet<string>;
  /** Keywords that begin a declaration of a file. */
  declarations: ReadonlySet<string>;
  /** Rules of the grammar that have braces. */
  blocks: ReadonlySet<string>;
  tokenize: (text: string) => IToken[];
  /** Where the text begins that was parsed together with an offset. */
  startOfPiece?: (offset: number) => number;
}

/** Where a line ends that opens so many brackets which nothing closes. */
interface OpenBracket {
  end: number;
  depth: number;
}

export function syntaxDiagnostics(document: LangiumDocument, vocabulary: Vocabulary): Diagnostic[] {
  const { lexerErrors, parserErrors } = document.parseResult;
  if (lexerErrors.length === 0 && parserErrors.length === 0) return [];
  const teller = new Teller(document, vocabulary);
  const lexed = lexerErrors.map((error) => teller.character(error));
  // Where something is declared by a word of the language, its uses are no mistakes of their own.
  const declared = lexed.filter(({ code }) => code === wordOfTheLanguage.code).map(({ message }) => message);
  const parsed = someOfEachLine(parserErrors)
    .flatMap((error) => teller.structure(error) ?? [])
    .filter(({ code, message }) => code !== wordOfTheLanguage.code || !declared.includes(message));
  const text = document.textDocument.getText();
  const heads = lexerErrors.length > 0 ? [] : parserErrors.flatMap((error) => restAfterHead(error, text));
  const follows = ({ source }: Diagnostic): boolean =>
    heads.some(({ start, end }) => source.start > start && source.start < end);
  const found = [...lexed, ...parsed.filter((one) => !follows(one))];
  found.sort((a, b) => a.source.start - b.source.start);
  const lines = new Set<number>();
  return found.filter(({ source }) => !lines.has(source.line) && lines.add(source.line));
}

/** A line is told one mistake: where it is a whole text, what the parser stumbled over first will do. */
const MOST_OF_A_LINE = 32;

function someOfEachLine(errors: readonly IRecognitionException[]): IRecognitionException[] {
  const seen = new Map<number | undefined, number>();
  return errors.filter(({ token: { startLine } }) => {
    const before = seen.get(startLine) ?? 0;
    seen.set(startLine, before + 1);
    return before < MOST_OF_A_LINE;
  });
}

/** After a mistake in the head of an alarm the parser takes its block for something else: what it says then follows from that. */
function restAfterHead({ context, token }: IRecognitionException, text: string) {
  if (context.ruleStack.at(-1)?.replaceAll('\u200B', '') !== 'AlarmDecl') return [];
  const start = endOf(token) - 1;
  if (!/\{[^}]*$/.test(text.slice(token.startOffset, endOfLine(text, token.startOffset)))) return [];
  const next = /^[a-z]/m.exec(text.slice(start + 1))?.index;
  return [{ start, end: next === undefined ? text.length : start + 1 + next }];
}

class Teller {
  private readonly document: LangiumDocument;
  private readonly vocabulary: Vocabulary;
  private readonly text: string;
  private structureErrors = 0;
  /** How deep in braces a piece of the text was, as far as it was looked at. */
  private depth = { start: 0, end: 0, braces: 0 };
  /** What is known of brackets, by where the line begins that opens them: a line may have many errors, and be the whole text. */
  private readonly openBrackets = new Map<number, OpenBracket | undefined>();

  constructor(document: LangiumDocument, vocabulary: Vocabulary) {
    this.document = document;
    this.vocabulary = vocabulary;
    this.text = document.parseResult.value.$cstNode?.root.fullText ?? document.textDocument.getText();
  }

  character({ offset, length, message }: ILexingError): Diagnostic {
    const character = this.text.slice(offset, offset + length).trim();
    if (message === WORD_AS_NAME)
      return report(wordOfTheLanguage, { word: character }, this.at(offset, offset + length));
    const slip = tellSlip(message, character, this.at(offset, offset + length));
    if (slip !== undefined) return slip;
    const habit = message === FOREIGN_WORD ? habitOf(character) : undefined;
    if (habit !== undefined) return this.habit(character, habit, this.at(offset, offset + length));
    const first = [...character][0] ?? '';
    if (first === '"') return report(unclosedText, {}, this.at(offset, endOfLine(this.text, offset)));
    if (/\p{L}/u.test(first)) return this.letter(offset);
    const name = first === "'" ? /[a-z_]\w*$/i.exec(lineBefore(this.text, offset))?.[0] : undefined;
    if (name !== undefined) return this.prime(offset, name);
    const shown = CHARACTERS[character] === undefined ? first : character;
    const instead = CHARACTERS[shown];
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

  /** A letter that names do not have: the whole name is shown. */
  private letter(offset: number): Diagnostic {
    const before = /[\p{L}\p{M}\w]*$/u.exec(lineBefore(this.text, offset))?.[0] ?? '';
    const after = /^[\p{L}\p{M}\w]*/u.exec(this.text.slice(offset))?.[0] ?? '';
    const instead =
      'Names are made of the letters a to z, digits and _. Titles, labels and documentation can hold any letter.';
    const source = this.at(offset - before.length, offset + after.length);
    return report(unexpectedCharacter, { character: [...after][0] ?? '', instead }, source);
  }

  /** `x'`, the derivative as it is written on paper. */
  private prime(offset: number, name: string): Diagnostic {
    const source = this.at(offset - name.length, offset + 1);
    const instead = `A derivative is written der(${name}).`;
    return report(unexpectedCharacter, { character: "'", instead }, source, {
      fixes: [{ title: `Write der(${name})`, edits: [{ ...span(source), text: `der(${name})` }] }],
    });
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

    const comment = ends || found.image === '/' ? this.commentAround(start) : undefined;
    if (comment !== undefined) return report(unclosedComment, {}, this.at(comment, comment + 2));
    // Where the parser gave a block up, its brace is left over, and what stands in the block is not where the parser believes it.
    if (this.structureErrors > 1 && (found.image === '}' || this.isAstray(error))) return undefined;
    const open = this.openBracket(ends ? before : (before ?? found));
    if (open !== undefined) {
      const holes = { expected: "')'", found: 'the end of the line', place };
      const text = ')'.repeat(open.depth);
      const edits = [{ ...span(this.at(open.end, open.end)), text }];
      return report(missing, holes, this.at(open.end - 1, open.end), {
        fixes: [{ title: `Write '${text}'`, edits }],
      });
    }
    const foreign = this.foreign(ends ? undefined : found, place) ?? this.foreign(before, place);
    if (foreign !== undefined) return foreign;
    if (expected.every((type) => type === 'EOF') && !error.name.startsWith('NoViable')) {
      // After an earlier error the parser may have lost its place: a word of the language is then no mistake of its own.
      if (this.structureErrors > 1 && this.vocabulary.all.has(found.image)) return undefined;
      return report(notADeclaration, { found: show(found) }, here);
    }
    // What the parser skipped after an earlier error may have been the beginning of this statement.
    const rule = error.context.ruleStack.at(-1)?.replaceAll('\u200B', '');
    const inside = rule === 'AssetDecl' ? found : rule === 'Equation' ? before : undefined;
    if (this.structureErrors > 1 && inside !== undefined && !isFirstOnLine(this.text, inside.startOffset)) {
      return undefined;
    }
    const wanted = this.words(expected);
    const { text } = this;
    const stop: Stop = { text, found, before, expected, place, at: (a, b) => this.at(a, b) };
    const slip = statementSlip(stop) ?? tokenSlip(stop, wanted, this.vocabulary.all);
    if (slip !== undefined) return slip;
    if (expected.length === 1 && expected[0] === '}') {
      const opens =
        this.vocabulary.declarations.has(found.tokenType.name) && isFirstOnLine(this.text, found.startOffset);
      const isWithin = opens && isClosedLater(this.text, found.startOffset);
      const brace = (ends || opens) && !isWithin ? this.openBrace(found) : undefined;
      if (isWithin) return misplacedDeclaration(found.image, place, here);
      if (brace !== undefined) {
        return report(unclosedBlock, { place: place ?? 'this declaration' }, this.at(brace, brace + 1), {
          related: [
            { message: ends ? 'The file ends here.' : 'The next declaration begins here.', source: here },
          ],
        });
      }
      return this.misplaced(found, [], place, here);
    }
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

  /** Whether braces say that the parser, after an earlier error, is in another block than it takes itself to be. */
  private isAstray({ context, token }: IRecognitionException): boolean {
    if (token.tokenType.name === 'EOF') return false;
    const { blocks } = this.vocabulary;
    const believed = context.ruleStack.filter((rule) => blocks.has(rule.replaceAll('\u200B', ''))).length;
    const start = this.vocabulary.startOfPiece?.(token.startOffset) ?? 0;
    const depth = this.depthAt(start, token.startOffset);
    // The innermost rule may still be in front of its block.
    return depth > believed || depth < believed - 1;
  }

  /** How many braces are open at an offset, of those from the start of a piece on. Errors come in the order of the text, mostly. */
  private depthAt(start: number, offset: number): number {
    if (this.depth.start !== start || this.depth.end > offset) this.depth = { start, end: start, braces: 0 };
    for (const { image } of this.vocabulary.tokenize(this.text.slice(this.depth.end, offset))) {
      if (image === '{') this.depth.braces += 1;
      else if (image === '}') this.depth.braces -= 1;
    }
    this.depth.end = offset;
    return this.depth.braces;
  }

  /** Where a comment begins that nobody ends, at an offset or before. */
  private commentAround(offset: number): number | undefined {
    const begin = this.text.lastIndexOf('/*', offset);
    return begin >= 0 && this.text.lastIndexOf('*/') < begin ? begin : undefined;
  }

  /** A word at the beginning of its line that means something in another language. */
  private foreign(token: IToken | undefined, place: string | undefined): Diagnostic | undefined {
    if (token === undefined) return undefined;
    const isAction = ACTIONS.has(place ?? '') && lastBefore(this.text, token.startOffset) === '{';
    if (!isAction && !isFirstOnLine(this.text, token.startOffset)) return undefined;
    const habit =
      place === 'the process' || place === 'the resource' ? stepHabitOf(token.image) : habitOf(token.image);
    if (habit === undefined) return undefined;
    const source = this.at(token.startOffset, endOf(token));
    const { text, advice } = habit;
    if (!this.vocabulary.all.has(token.image)) return this.habit(token.image, habit, source);
    const fixes = text === undefined ? [] : [{ title: `Write ${text}`, edits: [{ ...span(source), text }] }];
    return report(unexpected, { found: show(token), expected: [], place, advice }, source, { fixes });
  }

  private habit(word: string, { text, advice }: Habit, source: SourceRange): Diagnostic {
    const fixes = text === undefined ? [] : [{ title: `Write ${text}`, edits: [{ ...span(source), text }] }];
    return report(anotherLanguage, { word, advice }, source, { fixes });
  }

  private misplaced(
    found: IToken,
    expected: readonly string[],
    place: string | undefined,
    source: SourceRange,
  ) {
    const { all, names } = this.vocabulary;
    // A word of the language is no slip of the pen for another one.
    const isWord = all.has(found.image) && !names.has(found.image);
    const word = /^[a-z_]\w*$/i.test(found.image) && !isWord ? found.image : undefined;
    const quoted = expected.map((each) => /^'([a-z]+)'$/i.exec(each)?.[1]);
    const candidates = expected.length > 0 && quoted.every((each) => each !== undefined) ? quoted : all;
    const keyword = word === undefined ? undefined : closestNames(word, candidates, 1)[0];
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

  /** Where the line of a token ends, if it opens a bracket that is not closed before the block ends or another statement begins. */
  private openBracket(token: IToken | undefined): OpenBracket | undefined {
    if (token === undefined) return undefined;
    const start = this.text.lastIndexOf('\n', token.startOffset - 1) + 1;
    if (!this.openBrackets.has(start)) this.openBrackets.set(start, this.openBracketFrom(start));
    return this.openBrackets.get(start);
  }

  private openBracketFrom(start: number): OpenBracket | undefined {
    const block = this.text.slice(start, this.text.indexOf('}', start) + 1 || undefined);
    // Mostly it is known after a line or two, and the block may be all the rest of the text.
    for (let lines = 8; ; lines *= 8) {
      const end = endOfLines(block, lines);
      let depth = 0;
      let last: IToken | undefined;
      let isKnown = end === block.length;
      for (const each of this.vocabulary.tokenize(block.slice(0, end))) {
        if (each.image === '(') depth += 1;
        else if (each.image === ')') depth -= 1;
        if (depth < 0) return undefined;
        const next = each.startLine !== 1 && each.startLine !== last?.startLine;
        if (next && depth === 0) return undefined;
        if (each.image === '}' || each.image === '{' || (next && this.begins(each.image))) {
          isKnown = true;
          break;
        }
        if (each.startLine === 1) last = each;
      }
      if (isKnown) return depth > 0 && last !== undefined ? { end: start + endOf(last), depth } : undefined;
    }
  }

  /** A word that nothing but a statement begins with. */
  private begins(word: string): boolean {
    const { all, names } = this.vocabulary;
    return (
      all.has(word) &&
      !names.has(word) &&
      !/^(if|then|else|not|and|or|true|false|time|in|for|every|draw|der)$/.test(word)
    );
  }

  private at(start: number, end: number) {
    return sourceAt(this.document, start, Math.max(start, end));
  }
}

/** Where so many lines of a text end; its end where it has no more. */
function endOfLines(text: string, lines: number): number {
  let end = 0;
  for (let line = 0; line < lines && end < text.length; line += 1) {
    const next = text.indexOf('\n', end);
    end = next < 0 ? text.length : next + 1;
  }
  return end;
}

function previousToken(error: IRecognitionException): IToken | undefined {
  const token = 'previousToken' in error ? (error.previousToken as IToken | undefined) : undefined;
  return token === undefined || Number.isNaN(token.startOffset) ? undefined : token;
}
