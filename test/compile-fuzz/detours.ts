/** Other ways through the same run, which must not change a bit of it. */
import type { Twin } from '../../runtime/twin.ts';

/** Saved at each of these times, and gone on with by another twin. Throws where a twin does not take the state of its like. */
export function cutAt(times: readonly number[], fresh: () => Twin): Twin {
  let twin = fresh();
  for (const time of times) {
    twin.advance(time);
    if (twin.trouble() !== undefined) return twin;
    const other = fresh();
    const wrong = other.restore(twin.save());
    if (wrong !== undefined) throw new Error(wrong);
    twin = other;
  }
  return twin;
}

/** Gone on to one time, and back to an earlier one. */
export function gone(to: number, twin: Twin, back: number): Twin {
  twin.advance(to);
  if (twin.trouble() === undefined) twin.rewind(back);
  return twin;
}
