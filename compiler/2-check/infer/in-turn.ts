/**
 * What a declaration is may follow from a chain of others, as long as the text. Each link is a dozen calls deep, so after some of them
 * all is left as it is, what the chain has come to is found first, and what was left is begun anew.
 */

/** Links that are followed at one go. */
const DEEPEST = 48;

interface Question<Link> {
  of: object;
  what: string;
  work: () => unknown;
  /** Answers it where it leads back to itself, by way of these. */
  circular: (circle: Link[]) => void;
  /** What led to it from the question before. */
  trail: Link[];
}

class Deeper<Link> extends Error {
  readonly question: Question<Link>;

  constructor(question: Question<Link>) {
    super(question.what);
    this.question = question;
  }
}

export class InTurn<Link> {
  private depth = 0;
  private readonly trail: () => Link[];

  /** @param trail what is under way, outermost first */
  constructor(trail: () => Link[]) {
    this.trail = trail;
  }

  /**
   * The answer to a question that may lead to others. `work` remembers what it finds, and may be done more than once, until it comes to an end.
   * `circular` remembers what a question that leads back to itself is answered with.
   */
  ask<Answer>(of: object, what: string, work: () => Answer, circular: (circle: Link[]) => void): Answer {
    if (this.depth === 0) return this.outermost({ of, what, work, circular, trail: [] }) as Answer;
    if (this.depth >= DEEPEST) throw new Deeper({ of, what, work, circular, trail: this.trail() });
    this.depth += 1;
    try {
      return work();
    } finally {
      this.depth -= 1;
    }
  }

  private outermost(first: Question<Link>): unknown {
    const open = [first];
    try {
      for (;;) {
        const { work } = open.at(-1)!;
        this.depth = 1;
        try {
          const answer = work();
          open.pop();
          if (open.length === 0) return answer;
        } catch (error) {
          if (!(error instanceof Deeper)) throw error;
          const { question } = error as Deeper<Link>;
          const before = open.findIndex(({ of, what }) => of === question.of && what === question.what);
          if (before < 0) open.push(question);
          else question.circular([...open.slice(before + 1), question].flatMap(({ trail }) => trail));
        }
      }
    } finally {
      this.depth = 0;
    }
  }
}
