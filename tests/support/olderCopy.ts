/** Restores a store to an older copy of itself, while the outside world goes on. */
import { collections } from '../../shared/data/collections.ts';
import { inMemory, type World } from './world.ts';

/** A copy of a store at one moment. */
export interface OlderCopy {
  readonly docs: readonly { readonly collection: string; readonly doc: unknown }[];
}

/** The number of documents that one transaction may touch. */
const DOCS_PER_TX = 64;

/** Copies everything that is stored now. */
export async function copyOf(world: World): Promise<OlderCopy> {
  const docs: OlderCopy['docs'][number][] = [];
  for await (const { collection, doc } of world.ports.database.exportAll()) docs.push({ collection, doc });
  return { docs };
}

/** Replaces the store by a copy in an empty one. What was written since is lost. */
export async function putBack(world: World, { docs }: OlderCopy, open = inMemory): Promise<void> {
  const database = await open(world);
  const byName = new Map(collections.map((collection) => [collection.name, collection]));
  for (let from = 0; from < docs.length; from += DOCS_PER_TX) {
    await database.tx(async (tx) => {
      for (const { collection: name, doc } of docs.slice(from, from + DOCS_PER_TX)) {
        const collection = byName.get(name);
        if (collection === undefined) throw new Error(`no collection ${name}`);
        await tx.insert(collection, doc as never);
      }
    });
  }
  await world.ports.database.close();
  Object.assign(world.ports, { database });
}
