/** Everything that a world has stored, to see what a call changed and what it left behind. */
import type { World } from '../world.ts';

/** One stored document. */
export interface Exported {
  readonly collection: string;
  readonly id: string;
  /** Rises with each write, so that writing the same document again is seen too. */
  readonly version: number;
  readonly doc: unknown;
}

/**
 * Every document, in an order that does not depend on the engine. Counts of attempts are left out, because a refused
 * call raises them too.
 */
export async function exported(world: World): Promise<Exported[]> {
  const all: Exported[] = [];
  for await (const stored of world.ports.database.exportAll()) {
    if (stored.collection !== 'attempts') all.push(stored);
  }
  const keyOf = ({ collection, id }: Exported) => `${collection}/${id}`;
  return all.sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

/** What calls have stored: everything but the categories that every world begins with. */
export async function storedByCall(world: World): Promise<Exported[]> {
  return (await exported(world)).filter(({ collection }) => collection !== 'categories');
}
