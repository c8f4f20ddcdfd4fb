/** Which workers there are: each says so every few seconds; one that was killed is forgotten soon. */
import type { Redis } from 'ioredis';
import { PREFIX } from './blocks.ts';
import type { Engine } from './engine.ts';

export interface Present extends Engine {
  name: string;
  threads: number;
}

/** s */
const FORGOTTEN = 15;
/** ms */
export const BEAT = 5000;

const keyOf = (name: string): string => `${PREFIX}:worker:${name}`;

export const announce = (redis: Redis, one: Present): Promise<unknown> =>
  redis.set(keyOf(one.name), JSON.stringify(one), 'EX', FORGOTTEN);

export const withdraw = (redis: Redis, name: string): Promise<unknown> => redis.del(keyOf(name));

export async function present(redis: Redis): Promise<Present[]> {
  const names: string[] = [];
  let cursor = '0';
  do {
    const [next, found] = await redis.scan(cursor, 'MATCH', keyOf('*').replace(/[{}]/g, '?'), 'COUNT', 1000);
    names.push(...found);
    cursor = next;
  } while (cursor !== '0');
  if (names.length === 0) return [];
  const texts = await redis.mget(names);
  return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Present]));
}
