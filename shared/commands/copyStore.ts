/** Copies every document of one store into another, as it is stored. */
import { createHash } from 'node:crypto';
import { type Collection, DuplicateId, type Engine, type RawDocument } from '../ports/database.ts';

const BATCH_DOCUMENTS = 100;
/** A batch is one packet to a server. A document that is larger goes by itself. */
const BATCH_CHARACTERS = 1_000_000;

/** The documents of one collection, in the order of the bytes of their ids. */
export interface Section {
  readonly name: string;
  /** Can be read once. */
  readonly documents: AsyncIterable<RawDocument>;
}

/** Documents to be copied: those of a store, or of a backup. */
export interface Source {
  /** All collections, one after another, each read before the next. Asked again, it begins again. */
  sections(): AsyncIterable<Section>;
  /** As in `Engine`. */
  undeclared(): Promise<readonly string[]>;
}

/** A store as a source. */
export function storeSource(
  store: Pick<Engine, 'exportRaw' | 'undeclared'>,
  collections: readonly Collection[],
): Source {
  return {
    sections: async function* () {
      for (const collection of collections) {
        yield { name: collection.name, documents: store.exportRaw(collection) };
      }
    },
    undeclared: () => store.undeclared(),
  };
}

/** From where to where. `tell` gets a line for each collection. */
export interface Copy {
  readonly source: Source;
  readonly target: Pick<Engine, 'exportRaw' | 'importRaw' | 'undeclared'>;
  readonly collections: readonly Collection[];
  readonly tell: (line: string) => void;
  /** What the source is, and what is to be done when it does not stay the same. */
  readonly words?: { readonly source: string; readonly again: string };
}

/** The number of documents, and how many of them the target did not have before. */
export interface Copied {
  readonly documents: number;
  readonly added: number;
}

const STORE = { source: 'the source', again: 'Stop the shop, and copy again into an empty target.' };

/**
 * Copies what the target does not have yet, and compares the two. It may be stopped and run again at any time.
 * @throws a plain Error when the target holds something else, or when the two differ at the end
 */
export async function copyStore(copy: Copy): Promise<Copied> {
  const { source, target, collections, tell } = copy;
  refuseUnknown(await source.undeclared());
  const held = await heldOf(copy);
  const width = Math.max(...collections.map(({ name }) => name.length));
  let documents = 0;
  let added = 0;
  for await (const section of source.sections()) {
    const collection = collections.find(({ name }) => name === section.name);
    if (collection === undefined) continue;
    let count = 0;
    for await (const batch of batchesOf(section.documents)) {
      await target.importRaw(collection, batch).catch((error) => told(error, copy));
      count += batch.length;
    }
    const before = held.get(section.name) ?? 0;
    tell(`${section.name.padEnd(width)} ${count} documents, ${count - before} of them new`);
    documents += count;
    added += count - before;
  }
  await compare(copy);
  return { documents, added };
}

/** Refuses collections that this build does not declare. @throws a plain Error that names them */
export function refuseUnknown(names: readonly string[]): void {
  if (names.length === 0) return;
  throw new Error(
    `this build does not know ${names.join(', ')}. Copy with the build that wrote these documents.`,
  );
}

function told(error: unknown, { words = STORE }: Copy): never {
  if (!(error instanceof DuplicateId)) throw error;
  throw new Error(`${error.collection}/${error.id} was changed meanwhile. ${words.again}`, { cause: error });
}

/**
 * How many documents of the source each collection of the target holds already. The source is read to its end.
 * @throws a plain Error when the target holds any other document, or the source a collection that is not declared
 */
async function heldOf({
  source,
  target,
  collections,
  words = STORE,
}: Copy): Promise<ReadonlyMap<string, number>> {
  const held = new Map<string, number>();
  const foreign = [...(await target.undeclared())];
  const rest = new Map(collections.map((collection) => [collection.name, collection]));
  const within = async (collection: Collection, documents: AsyncIterable<RawDocument>) => {
    const count = await countWithin(target.exportRaw(collection), documents);
    if (count === null) foreign.push(collection.name);
    else held.set(collection.name, count);
  };
  const unknown: string[] = [];
  for await (const { name, documents } of source.sections()) {
    const collection = rest.get(name);
    if (collection !== undefined) await within(collection, documents);
    else if (!(await isEmpty(documents))) unknown.push(name);
    rest.delete(name);
  }
  refuseUnknown(unknown);
  for (const collection of rest.values()) await within(collection, none());
  if (foreign.length === 0) return held;
  throw new Error(
    `the target holds documents that ${words.source} does not have: ${foreign.join(', ')}. Name an empty target.`,
  );
}

async function* none(): AsyncGenerator<RawDocument> {}

async function isEmpty(documents: AsyncIterable<RawDocument>): Promise<boolean> {
  for await (const _ of documents) return false;
  return true;
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

/** Reads both again, the source last. @throws a plain Error that names the collections that differ */
async function compare({ source, target, collections, words = STORE }: Copy): Promise<void> {
  const there = new Map<string, Digest>();
  for (const collection of collections) {
    there.set(collection.name, await digestOf(target.exportRaw(collection)));
  }
  const differing: string[] = [];
  for await (const { name, documents } of source.sections()) {
    const copied = there.get(name);
    const here = await digestOf(documents);
    if (copied === undefined || (here.hash === copied.hash && here.count === copied.count)) continue;
    differing.push(`${name} (${here.count} in ${words.source}, ${copied.count} in the target)`);
  }
  if (differing.length === 0) return;
  throw new Error(`${words.source} was changed meanwhile: ${differing.join(', ')}. ${words.again}`);
}

/** What tells two collections apart: the number of documents, and a SHA-256 over all of them in hex. */
export interface Digest {
  readonly count: number;
  readonly hash: string;
}

/** Counts and hashes documents as they pass. */
export class Digesting {
  readonly #hash = createHash('sha256');
  #count = 0;

  add(document: RawDocument): void {
    this.#hash.update(textOf(document));
    this.#count += 1;
  }

  /** The digest of all of them. Nothing can be added after. */
  end(): Digest {
    return { count: this.#count, hash: this.#hash.digest('hex') };
  }
}

async function digestOf(documents: AsyncIterable<RawDocument>): Promise<Digest> {
  const digesting = new Digesting();
  for await (const document of documents) digesting.add(document);
  return digesting.end();
}
