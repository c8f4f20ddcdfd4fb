/** Two mistakes that are seen from words alone: a word of the language as a name (`process part {`), and one of another language in place of ours (`parameter k`). */
import { habitOf } from '../mistakes/habits.ts';
import type { Keywords } from '../keywords.ts';

/** The words of a text one after the other, whoever cut it into them. */
export interface Words {
  readonly count: number;
  /** As it is written; '' outside of the text. */
  image(at: number): string;
  /** Of its token type. */
  name(at: number): string;
  /** Whether a line ends in front of it. */
  breaks(at: number): boolean;
}

/** At the beginning of its line, each of them is followed by the name of what it declares. */
const DECLARING: ReadonlySet<string> = new Set(
  (
    'asset param fixed input state let kpi part port link sensor rule alarm event command modes resource process queue store station ' +
    'exit item convey twin scenario experiment const quantity function table calendar'
  ).split(' '),
);
/** May stand in front of what declares. */
const QUALIFYING: ReadonlySet<string> = new Set(['abstract', 'final', 'private', 'released']);
/** What stands behind the name: where it follows at once, it is the name that is missing. */
const BEHIND: ReadonlySet<string> = new Set([
  'scenario for',
  'experiment on',
  'sensor measures',
  'asset extends',
  'rule when',
]);
/** A name at the beginning of a line may be followed by these. */
const INFIX: ReadonlySet<string> = new Set(['and', 'or', 'then', 'else', 'in']);
/** Short words that modes are likely to be called by, and that begin no block. */
const MODE_NAMES: ReadonlySet<string> = new Set('on use in to from until draw time guess final'.split(' '));

/** What words of other languages may be read as. */
const WHOLE: ReadonlySet<string> = new Set(['param', 'fixed', 'asset']);
const FOLLOWS = /^([=:[{]|extends|guess)$/;

/** What a word of another language may be read as. */
export function foreignWord(image: string): string | undefined {
  const meant = habitOf(image)?.text;
  return meant !== undefined && WHOLE.has(meant) ? meant : undefined;
}

/** Types of other languages, and ours, where they stand in front of the name. */
const TYPES =
  /^(Real|real|Float|float|Double|double|Integer|integer|Int|int|Boolean|boolean|Bool|bool|String|string|var)$/;
const TYPED = /^(param|parameter|constant|fixed|input|state|let)$/;

export const isTypeWord = (image: string): boolean => TYPES.test(image);

/** `param Real k`: what would be read as a parameter that is called Real, and an equation behind it. */
export function isTypeBeforeName(words: Words, at: number): boolean {
  return (
    isTypeWord(words.image(at)) &&
    TYPED.test(words.image(at - 1)) &&
    words.name(at + 1) === 'ID' &&
    !words.breaks(at + 1)
  );
}

/** A word, a name, and what follows the name of a declaration. */
export function declares(words: Words, at: number): boolean {
  return (
    (words.breaks(at) || QUALIFYING.has(words.image(at - 1))) &&
    words.name(at + 1) === 'ID' &&
    !words.breaks(at + 1) &&
    FOLLOWS.test(words.image(at + 2))
  );
}

export class ReservedWords {
  readonly words: ReadonlySet<string>;
  private readonly names: ReadonlySet<string>;

  constructor({ all, names }: Keywords) {
    this.names = names;
    this.words = new Set([...all].filter((word) => !names.has(word)));
  }

  /** Whether a reserved word stands where nothing but a name can. */
  isName(words: Words, at: number): boolean {
    if (at === 0 || at + 1 >= words.count) return false;
    const [before, word, after] = [words.image(at - 1), words.name(at), words.image(at + 1)];
    // Parameters and what is given to them: `event jam(at: Time)`, `emit jam(at = 3 s)`.
    if ((before === '(' || before === ',') && (after === ':' || after === '='))
      return word !== 'true' && word !== 'false' && word !== 'else';
    if (MODE_NAMES.has(word)) {
      if (before === '->' && (after === '{' || after === '}' || words.breaks(at + 1))) return true;
      if ((before === '{' || before === '}') && after === '{') return words.breaks(at);
    }
    if (words.breaks(at)) return false;
    if (before === 'initial' && after === '{') return word !== 'if' && word !== 'else';
    if (!DECLARING.has(before) || BEHIND.has(`${before} ${word}`)) return false;
    if (this.names.has(before) && INFIX.has(word)) return false;
    const start = QUALIFYING.has(words.image(at - 2)) ? at - 2 : at - 1;
    return words.breaks(start) || words.image(start - 1) === '{';
  }
}
