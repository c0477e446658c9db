/** Copies every document of one store into another, as it is stored. */
import { createHash } from 'node:crypto';
import { type Collection, DuplicateId, type Engine, type RawDocument } from '../ports/database.ts';

const BATCH_DOCUMENTS = 100;
/** A batch is one packet to a server. A document that is larger goes by itself. */
const BATCH_CHARACTERS = 1_000_000;

/** From where to where. `tell` gets a line for each collection. */
export interface Copy {
  readonly source: Pick<Engine, 'exportRaw' | 'undeclared'>;
  readonly target: Pick<Engine, 'exportRaw' | 'importRaw' | 'undeclared'>;
  readonly collections: readonly Collection[];
  readonly tell: (line: string) => void;
}

/** The number of documents, and how many of them the target did not have before. */
export interface Copied {
  readonly documents: number;
  readonly added: number;
}

const STOP = 'Stop the shop, and copy again into an empty target.';

/**
 * Copies what the target does not have yet, and compares the two. It may be stopped and run again at any time.
 * @throws a plain Error when the target holds something else, or when the two differ at the end
 */
export async function copyStore(copy: Copy): Promise<Copied> {
  const { source, target, collections, tell } = copy;
  const unknown = await source.undeclared();
  if (unknown.length > 0) {
    throw new Error(
      `this build does not know ${unknown.join(', ')}. Copy with the build that wrote these documents.`,
    );
  }
  const held = await heldOf(copy);
  const width = Math.max(...collections.map(({ name }) => name.length));
  let documents = 0;
  let added = 0;
  for (const collection of collections) {
    let count = 0;
    for await (const batch of batchesOf(source.exportRaw(collection))) {
      await target.importRaw(collection, batch).catch(told);
      count += batch.length;
    }
    const before = held.get(collection.name) ?? 0;
    tell(`${collection.name.padEnd(width)} ${count} documents, ${count - before} of them new`);
    documents += count;
    added += count - before;
  }
  await compare(copy);
  return { documents, added };
}

function told(error: unknown): never {
  if (!(error instanceof DuplicateId)) throw error;
  throw new Error(`${error.collection}/${error.id} was changed meanwhile. ${STOP}`, { cause: error });
}

/**
 * How many documents of the source each collection of the target holds already.
 * @throws a plain Error when it holds any other document
 */
async function heldOf({ source, target, collections }: Copy): Promise<ReadonlyMap<string, number>> {
  const held = new Map<string, number>();
  const foreign = [...(await target.undeclared())];
  for (const collection of collections) {
    const count = await countWithin(target.exportRaw(collection), source.exportRaw(collection));
    if (count === null) foreign.push(collection.name);
    else held.set(collection.name, count);
  }
  if (foreign.length === 0) return held;
  throw new Error(
    `the target holds documents that the source does not have: ${foreign.join(', ')}. Name an empty target.`,
  );
}

/** How many documents `some` has, or null when one of them is not in `all`. Both are in the same order. */
async function countWithin(
  some: AsyncIterable<RawDocument>,
  all: AsyncIterable<RawDocument>,
): Promise<number | null> {
  const rest = all[Symbol.asyncIterator]();
  let count = 0;
  for await (const document of some) {
    let found = await rest.next();
    while (found.done !== true && found.value.id !== document.id) found = await rest.next();
    if (found.done === true || textOf(found.value) !== textOf(document)) return null;
    count += 1;
  }
  return count;
}

/** Everything that is copied of a document. */
function textOf({ id, schemaVersion, body }: RawDocument): string {
  return `${JSON.stringify([id, schemaVersion, body])}\n`;
}

async function* batchesOf(documents: AsyncIterable<RawDocument>): AsyncGenerator<readonly RawDocument[]> {
  let batch: RawDocument[] = [];
  let characters = 0;
  for await (const document of documents) {
    const isFull = batch.length === BATCH_DOCUMENTS || characters + document.body.length > BATCH_CHARACTERS;
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(document);
    characters += document.body.length;
  }
  if (batch.length > 0) yield batch;
}

/** Reads both stores again, the source last. @throws a plain Error that names the collections that differ */
async function compare({ source, target, collections }: Copy): Promise<void> {
  const there = new Map<string, Digest>();
  for (const collection of collections) {
    there.set(collection.name, await digestOf(target.exportRaw(collection)));
  }
  const differing: string[] = [];
  for (const collection of collections) {
    const { name } = collection;
    const here = await digestOf(source.exportRaw(collection));
    const copied = there.get(name);
    if (here.hash === copied?.hash && here.count === copied.count) continue;
    differing.push(`${name} (${here.count} in the source, ${copied?.count} in the target)`);
  }
  if (differing.length === 0) return;
  throw new Error(`the source was changed meanwhile: ${differing.join(', ')}. ${STOP}`);
}

interface Digest {
  readonly count: number;
  readonly hash: string;
}

async function digestOf(documents: AsyncIterable<RawDocument>): Promise<Digest> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const document of documents) {
    hash.update(textOf(document));
    count += 1;
  }
  return { count, hash: hash.digest('hex') };
}
