import type { Loop } from '../ports/loop.ts';

/**
 * The same items, one by one, with a rest for the event loop between them whenever it is due: for work on each of many
 * items that takes long by itself. Work that reads or writes the database for each item rests there already.
 */
export async function* evenly<T>(loop: Loop, items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  for await (const item of items) {
    const turn = loop.giveWay();
    if (turn !== null) await turn;
    yield item;
  }
}
