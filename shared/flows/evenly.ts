import type { Loop } from '../ports/loop.ts';

/**
 * The same items, one by one. It yields to the event loop between them whenever that is due. It is for long
 * computations on many items. Work that reads or writes the database for each item already yields there.
 */
export async function* evenly<T>(loop: Loop, items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  for await (const item of items) {
    const turn = loop.giveWay();
    if (turn !== null) await turn;
    yield item;
  }
}
