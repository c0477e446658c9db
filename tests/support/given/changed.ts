import type { Tx } from '../../../shared/ports/database.ts';
import type { World } from '../world.ts';

/** Changes stored documents without the rules, as an older build or another flow may have left them. */
export function givenChanged<Id extends string, D>(
  world: World,
  data: {
    get(tx: Tx, id: Id): Promise<D>;
    save(tx: Tx, before: D, after: D): Promise<void>;
  },
  id: Id,
  changes: Partial<D>,
): Promise<void> {
  return world.ports.database.tx(async (tx) => {
    const before = await data.get(tx, id);
    await data.save(tx, before, { ...before, ...changes });
  });
}
