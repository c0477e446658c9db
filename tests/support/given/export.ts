/** Everything a world has stored, to see what a call changed and what it left behind. */
import type { World } from '../world.ts';

/** One stored document. */
export interface Exported {
  readonly collection: string;
  readonly id: string;
  readonly doc: unknown;
}

/** Every document, in an order that does not depend on the engine. */
export async function exported(world: World): Promise<Exported[]> {
  const all: Exported[] = [];
  for await (const { collection, id, doc } of world.ports.database.exportAll())
    all.push({ collection, id, doc });
  const keyOf = ({ collection, id }: Exported) => `${collection}/${id}`;
  return all.sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}
