/** Declaring a collection. */
import type * as z from 'zod';
import type { Collection, Doc, IndexSpec, Query, Reader, Tx } from '../ports/database.ts';

/** Declares a collection. Its name, schema, version and indexes are written nowhere else. */
export function defineCollection<S extends z.ZodType<Doc>>(declared: {
  readonly name: string;
  readonly schema: S;
  /** The `schemaVersion` of documents written now, from 1. */
  readonly version: number;
  readonly indexes: Readonly<Record<string, IndexSpec>>;
  /** Turns an older stored document into the present shape. Required once `version` is above 1. */
  readonly upgrade?: (doc: Record<string, unknown>, fromVersion: number) => unknown;
}): Collection<z.output<S>> {
  if (declared.version > 1 && declared.upgrade === undefined) {
    throw new Error(`${declared.name}: version ${declared.version} needs an upgrade`);
  }
  return {
    ...declared,
    schema: declared.schema as never,
    upgrade: declared.upgrade ?? null,
  };
}

/**
 * The body of every `save`. `before` is the document that `find` or `get` returned in the same transaction. Inserts
 * `after` when `before` is null, and does nothing when both are the same object.
 */
export async function store<D extends Doc>(
  tx: Pick<Tx, 'insert' | 'update'>,
  collection: Collection<D>,
  before: D | null,
  after: D,
): Promise<void> {
  if (before === null) await tx.insert(collection, after);
  else if (after !== before) await tx.update(collection, after);
}

/** The same for several documents, matched by id. Documents of `before` that `after` lacks stay as they are. */
export async function storeEach<D extends Doc>(
  tx: Pick<Tx, 'insert' | 'update'>,
  collection: Collection<D>,
  before: readonly D[],
  after: readonly D[],
): Promise<void> {
  for (const each of after)
    await store(tx, collection, before.find(({ id }) => id === each.id) ?? null, each);
}

/** All documents of a query, page by page, for jobs that must see a whole bounded set. */
export async function* all<D extends Doc>(
  reader: Reader,
  collection: Collection<D>,
  query: Omit<Query, 'cursor'>,
): AsyncGenerator<D> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof reader.list<D>>> = await reader.list(collection, {
      ...query,
      cursor,
    });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** The largest number of ids in one read. */
const IDS_PER_READ = 100;

/** The existing documents among any number of ids, in the order of the ids, each once. */
export async function many<D extends Doc>(
  reader: Pick<Reader, 'findMany'>,
  collection: Collection<D>,
  ids: readonly string[],
): Promise<D[]> {
  const asked = [...new Set(ids)];
  const found: D[] = [];
  for (let from = 0; from < asked.length; from += IDS_PER_READ) {
    found.push(...(await reader.findMany(collection, asked.slice(from, from + IDS_PER_READ))));
  }
  return found;
}

/** The range of values that begin with `start`. */
export function startingWith(field: string, start: string): NonNullable<Query['range']> {
  return { field, from: start, below: `${start}\u{10FFFF}` };
}

/** Collects all items into an array. Only for small sets. */
export async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
