/** Reading request bodies: each up to its own limit, and all connections together up to one limit for the process. */
import type { IncomingMessage } from 'node:http';

/** A received body: its bytes, null when there is none, or why it was refused. */
export type Taken = Buffer | null | 'too_large' | 'too_many';

/** A body that is being read, or was read and is not answered yet. */
interface Held {
  /** The address that sends it. */
  readonly source: string;
  chunks: Buffer[];
  bytes: number;
  /** Stops the reading; null once it has ended. */
  giveUp: (() => void) | null;
}

/**
 * After this many pieces they are merged into one, so that a client that sends single bytes costs only their bytes.
 */
const PIECES_MAX = 64;

/** The length that the headers announce; null when they announce no body, infinite when the length is unknown. */
function promisedBytes({ headers }: IncomingMessage): number | null {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  const length = headers['content-length'];
  return length === undefined ? null : Number(length);
}

/**
 * Counts the bytes that have really arrived, not the announced ones, until their request is answered. When there are
 * too many, a body is given up: of the source that holds most bytes, the body that has been arriving longest. So
 * half-sent bodies go first, and a client with one body does not suffer from a client with many.
 */
export class Bodies {
  readonly #bytesMax: number;
  /** In the order in which they began. */
  readonly #held = new Set<Held>();
  readonly #bySource = new Map<string, number>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Reads the body and passes it to `answer`. The body counts until `answer` has ended. */
  async take<T>(
    incoming: IncomingMessage,
    { source, bytesMax }: { readonly source: string; readonly bytesMax: number },
    answer: (body: Taken) => Promise<T>,
  ): Promise<T> {
    const promised = promisedBytes(incoming);
    if (promised === null || promised === 0) return answer(null);
    if (Number.isFinite(promised) && promised > bytesMax) return answer('too_large');
    const held: Held = { source, chunks: [], bytes: 0, giveUp: null };
    this.#held.add(held);
    try {
      return await answer(await this.#read(incoming, bytesMax, held));
    } finally {
      this.#held.delete(held);
      this.#forget(held);
    }
  }

  #read(incoming: IncomingMessage, bytesMax: number, held: Held): Promise<Taken> {
    return new Promise((resolve, reject) => {
      const end = (taken: Taken) => {
        held.giveUp = null;
        if (typeof taken === 'string') this.#forget(held);
        resolve(taken);
      };
      held.giveUp = () => end('too_many');
      incoming.on('data', (chunk: Buffer) => {
        // Excess data is dropped. The connection stays open for the answer.
        if (held.giveUp === null) return;
        if (held.bytes + chunk.length > bytesMax) return end('too_large');
        this.#add(held, chunk);
      });
      incoming.on('end', () => {
        if (held.giveUp === null) return;
        const body = Buffer.concat(held.chunks);
        held.chunks = [];
        end(body.length === 0 ? null : body);
      });
      incoming.on('error', reject);
      incoming.on('close', () => reject(new Error('the client hung up')));
    });
  }

  #add(held: Held, chunk: Buffer): void {
    held.chunks.push(chunk);
    if (held.chunks.length > PIECES_MAX) held.chunks = [Buffer.concat(held.chunks)];
    this.#count(held, chunk.length);
    while (this.#bytes > this.#bytesMax) {
      const worst = this.#worst();
      if (worst === null) return;
      worst();
    }
  }

  /** How to give up the body that has to go; null when all bodies are complete. */
  #worst(): (() => void) | null {
    let most = 0;
    let giveUp: (() => void) | null = null;
    for (const held of this.#held) {
      const bytes = this.#bySource.get(held.source) ?? 0;
      if (held.giveUp === null || held.bytes === 0 || bytes <= most) continue;
      most = bytes;
      giveUp = held.giveUp;
    }
    return giveUp;
  }

  #forget(held: Held): void {
    this.#count(held, -held.bytes);
    held.chunks = [];
  }

  #count(held: Held, bytes: number): void {
    held.bytes += bytes;
    this.#bytes += bytes;
    const ofSource = (this.#bySource.get(held.source) ?? 0) + bytes;
    if (ofSource === 0) this.#bySource.delete(held.source);
    else this.#bySource.set(held.source, ofSource);
  }
}
