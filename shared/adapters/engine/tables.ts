/** The tables of an engine, one for each declared collection. */
import type { Collection } from '../../ports/database.ts';
import type { Layout } from './row.ts';

/** The tables by their collections. */
export class Tables<T extends Layout> {
  readonly #byName = new Map<string, T>();

  /** @throws Error when two collections have one name */
  constructor(collections: readonly Collection[], make: (collection: Collection) => T) {
    for (const collection of collections) {
      if (this.#byName.has(collection.name)) throw new Error(`${collection.name} is declared twice`);
      this.#byName.set(collection.name, make(collection));
    }
  }

  /** The table of a collection. @throws Error when it is not declared */
  of(collection: Collection): T {
    const table = this.#byName.get(collection.name);
    if (table === undefined) throw new Error(`${collection.name} is not declared`);
    return table;
  }

  /** All of them, in the order of the declarations. */
  get all(): readonly T[] {
    return [...this.#byName.values()];
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }
}
