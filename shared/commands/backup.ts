/**
 * Backups: every document of a store as it is stored, compressed and sealed (`backupSeal.ts`). Nothing is held in
 * memory but a page and a chunk.
 *
 * Under the seal and `gzip` there are lines of JSON. The first is the head. Each collection is
 * `{"collection":name}`, a line `[id, schemaVersion, body]` for each document in the order of the bytes of the ids, and
 * `{"end":name,"count":…,"hash":…}`. The last line is `{"documents":…}`.
 */
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import * as z from 'zod';
import type { Collection, Engine, RawDocument } from '../ports/database.ts';
import { type TimeMs, timeMs } from '../schemas/base.ts';
import { seal, unseal } from './backupSeal.ts';
import {
  type Digest,
  Digesting,
  refuseUnknown,
  type Section,
  type Source,
  storeSource,
} from './copyStore.ts';
import { KeptHeads, verifyAudit } from './verifyAudit.ts';

/** Zlib's pieces. With its usual 16 kB a large backup is mostly waiting. */
const PIECE_BYTES = 65_536;

/** What the first line says. */
const Head = z.object({
  format: z.literal(1),
  /** When the backup began. */
  atMs: z.int().transform((ms) => timeMs(ms)),
  /** The audit log as it was then: the ends of its chains, and what was wrong with it. */
  audit: z.object({ heads: KeptHeads, problems: z.array(z.string()) }),
});
/** The head of a backup. */
export type BackupHead = z.output<typeof Head>;

/** What was written, or is in a backup. */
export interface Contents {
  readonly head: BackupHead;
  readonly digests: ReadonlyMap<string, Digest>;
  readonly documents: number;
}

/** What is backed up, and how. */
export interface BackupAsked {
  readonly store: Engine;
  readonly collections: readonly Collection[];
  readonly key: Buffer;
  readonly now: TimeMs;
}

/**
 * The bytes of a backup, while others write to the store. It contains every transaction that was committed when the
 * snapshot was made, and nothing of any other. Where the engine has no snapshots, the store is read again at the end
 * and must be the same. Returns what was written.
 * @throws a plain Error when a collection is not declared, or when a store without snapshots was written meanwhile
 */
export async function* backUp({
  store,
  collections,
  key,
  now,
}: BackupAsked): AsyncGenerator<Buffer, Contents> {
  refuseUnknown(await store.undeclared());
  // Before the snapshot, so that the snapshot has at least these entries.
  const { heads, problems } = await verifyAudit(store);
  const head: BackupHead = { format: 1, atMs: now, audit: { heads, problems: [...problems] } };
  const digests = new Map<string, Digest>();
  const snapshot = await store.snapshot();
  try {
    const shown = {
      undeclared: async () => [],
      exportRaw: (snapshot ?? store).exportRaw.bind(snapshot ?? store),
    };
    const lines = linesOf(head, storeSource(shown, collections), digests);
    const zipped = createGzip({ chunkSize: PIECE_BYTES });
    pipeline(Readable.from(inPieces(lines)), zipped, () => undefined);
    yield* seal(key, zipped);
  } finally {
    await snapshot?.close();
  }
  if (snapshot === null) await refuseIfWritten(store, collections, digests);
  return { head, digests, documents: sumOf(digests) };
}

function sumOf(digests: ReadonlyMap<string, Digest>): number {
  let documents = 0;
  for (const { count } of digests.values()) documents += count;
  return documents;
}

async function* linesOf(
  head: BackupHead,
  source: Source,
  digests: Map<string, Digest>,
): AsyncGenerator<string> {
  yield JSON.stringify(head);
  for await (const { name, documents } of source.sections()) {
    const digesting = new Digesting();
    yield JSON.stringify({ collection: name });
    for await (const document of documents) {
      digesting.add(document);
      yield JSON.stringify([document.id, document.schemaVersion, document.body]);
    }
    const digest = digesting.end();
    digests.set(name, digest);
    yield JSON.stringify({ end: name, ...digest });
  }
  yield JSON.stringify({ documents: sumOf(digests) });
}

/** Lines in pieces of a good size for zlib. */
async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let piece = '';
  for await (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < PIECE_BYTES) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}

async function refuseIfWritten(
  store: Engine,
  collections: readonly Collection[],
  digests: ReadonlyMap<string, Digest>,
): Promise<void> {
  const differing: string[] = [];
  for await (const { name, documents } of storeSource(store, collections).sections()) {
    const digesting = new Digesting();
    for await (const document of documents) digesting.add(document);
    if (digesting.end().hash !== digests.get(name)?.hash) differing.push(name);
  }
  if (differing.length === 0) return;
  throw new Error(
    `this store cannot be backed up while it is written: ${differing.join(', ')}. Stop the shop, and back up again.`,
  );
}

const Begun = z.strictObject({ collection: z.string() });
const Document = z.tuple([z.string(), z.int(), z.string()]);
const Ended = z.strictObject({ end: z.string(), count: z.int(), hash: z.string() });
const Finished = z.strictObject({ documents: z.int() });

/** A backup to be read. `open` begins anew each time. */
export class Backup implements Source {
  readonly #open: () => AsyncIterable<Uint8Array>;
  readonly #key: Buffer;

  constructor(open: () => AsyncIterable<Uint8Array>, key: Buffer) {
    this.#open = open;
    this.#key = key;
  }

  /** What its first line says. @throws a plain Error when it is no backup, or of another key */
  async head(): Promise<BackupHead> {
    const lines = this.#lines();
    try {
      return Head.parse(await lineOf(lines));
    } finally {
      await lines.return(undefined);
    }
  }

  /** Reads all of it. @throws a plain Error when anything is missing or was changed */
  async verify(): Promise<Contents> {
    const lines = this.#lines();
    const head = Head.parse(await lineOf(lines));
    const digests = new Map<string, Digest>();
    for await (const _ of sectionsOf(lines, digests));
    return { head, digests, documents: sumOf(digests) };
  }

  /**
   * The collections. What is read of one was in the backup, but that nothing is missing and no digest differs is known
   * only after the last.
   */
  async *sections(): AsyncGenerator<Section> {
    const lines = this.#lines();
    Head.parse(await lineOf(lines));
    yield* sectionsOf(lines, new Map());
  }

  /** Collections that are not declared show in the sections. */
  async undeclared(): Promise<readonly string[]> {
    return [];
  }

  async *#lines(): AsyncGenerator<unknown> {
    const unzipped = createGunzip({ chunkSize: PIECE_BYTES });
    pipeline(Readable.from(unseal(this.#key, this.#open())), unzipped, () => undefined);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let begun: string[] = [];
    for await (const piece of unzipped) {
      const [first = '', ...more] = decoder.decode(piece, { stream: true }).split('\n');
      begun.push(first);
      for (const next of more) {
        yield JSON.parse(begun.join(''));
        begun = [next];
      }
    }
  }
}

async function lineOf(lines: AsyncGenerator<unknown>): Promise<unknown> {
  const line = await lines.next();
  if (line.done === true) throw new Error('the backup is cut off');
  return line.value;
}

async function* sectionsOf(
  lines: AsyncGenerator<unknown>,
  digests: Map<string, Digest>,
): AsyncGenerator<Section> {
  for (;;) {
    const line = await lineOf(lines);
    const finished = Finished.safeParse(line).data;
    if (finished !== undefined) {
      if (finished.documents !== sumOf(digests)) throw new Error('the backup does not contain what it says');
      // The seal's end is checked by reading it.
      if ((await lines.next()).done !== true) throw new Error('something follows the end of the backup');
      return;
    }
    const { collection: name } = Begun.parse(line);
    const documents = documentsOf(lines, name, digests);
    yield { name, documents: once(documents) };
    // Whoever stopped before the end has still to be told when there is something wrong with it.
    for await (const _ of documents);
  }
}

/** An iteration that does not end the generator when it is left early. */
function once(documents: AsyncGenerator<RawDocument>): AsyncIterable<RawDocument> {
  return { [Symbol.asyncIterator]: () => ({ next: () => documents.next() }) };
}

async function* documentsOf(
  lines: AsyncGenerator<unknown>,
  name: string,
  digests: Map<string, Digest>,
): AsyncGenerator<RawDocument> {
  const digesting = new Digesting();
  for (;;) {
    const line = await lineOf(lines);
    if (Array.isArray(line)) {
      const [id, schemaVersion, body] = Document.parse(line);
      const document = { id, schemaVersion, body };
      digesting.add(document);
      yield document;
      continue;
    }
    const { end, ...said } = Ended.parse(line);
    const digest = digesting.end();
    if (end !== name || said.count !== digest.count || said.hash !== digest.hash) {
      throw new Error(`the backup does not contain what it says of ${name}`);
    }
    digests.set(name, digest);
    return;
  }
}
