/**
 * One comment that stays: made when there is something to say, changed when that changes, taken away when there is nothing left. It is known by
 * a mark in it, and only where the author is ourselves, as anybody can write the mark.
 */
import { ForgeError } from './request.ts';

export interface Comment {
  id: number;
  body: string;
  /** Written by whoever the token belongs to. */
  own: boolean;
}

export interface Comments {
  list: () => AsyncGenerator<Comment[]>;
  create: (body: string) => Promise<void>;
  update: (id: number, body: string) => Promise<void>;
  remove: (id: number) => Promise<void>;
}

export type Done = 'created' | 'updated' | 'unchanged' | 'removed' | 'nothing';

export const markOf = (key: string): string => `<!-- pollux:${key.replaceAll(/[^\w.-]/g, '_')} -->`;

const TRIES = 4;

/** `text` absent: there is nothing to say. */
export async function keepComment(
  comments: Comments,
  key: string,
  text: string | undefined,
  sleep: (ms: number) => Promise<void>,
): Promise<Done> {
  const mark = markOf(key);
  const body = text === undefined ? undefined : `${mark}\n${text}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(comments, mark, body);
    } catch (error) {
      // Gone meanwhile, or not known whether it was made: look again.
      const again = error instanceof ForgeError && [0, 404, 410, 500, 502, 503, 504].includes(error.status);
      if (!again || attempt >= TRIES) throw error;
      await sleep(1000 * attempt);
    }
  }
}

async function once(comments: Comments, mark: string, body: string | undefined): Promise<Done> {
  const found: Comment[] = [];
  for await (const page of comments.list())
    found.push(...page.filter((each) => each.own && each.body.trimStart().startsWith(mark)));
  const [first, ...others] = found;
  // Two jobs at the same time may each have made one.
  for (const { id } of others) await comments.remove(id);
  if (first === undefined) {
    if (body === undefined) return 'nothing';
    await comments.create(body);
    return 'created';
  }
  if (body === undefined) {
    await comments.remove(first.id);
    return 'removed';
  }
  // Forges write line ends as they like.
  if (normal(first.body) === normal(body)) return 'unchanged';
  await comments.update(first.id, body);
  return 'updated';
}

const normal = (text: string): string => text.replaceAll('\r\n', '\n').trim();
