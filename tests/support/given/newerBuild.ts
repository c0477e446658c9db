import { fail } from '../../../shared/errors.ts';
import type { World } from '../world.ts';

/**
 * Makes every document of the collection one of a newer build, which this build may read and not write. Returns a
 * function that ends this.
 */
export function givenNewerDocuments(world: World, collection: string): () => void {
  const { database } = world.ports;
  const tx = database.tx.bind(database);
  const spy = jest.spyOn(database, 'tx').mockImplementation((work) =>
    tx((inner) =>
      work({
        find: inner.find.bind(inner),
        peek: inner.peek.bind(inner),
        insert: inner.insert.bind(inner),
        remove: inner.remove.bind(inner),
        update: async (written, doc) => {
          if (written.name === collection) throw fail('database.newer_version');
          return inner.update(written, doc);
        },
      }),
    ),
  );
  return () => spy.mockRestore();
}
