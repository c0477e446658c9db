/** Bodies that are taken in: each up to its own limit, all connections together up to one for the process. */
import type { IncomingMessage } from 'node:http';

/** A body that was taken in: its bytes, null when there is none, or why it was not. */
export type Taken = Buffer | null | 'too_large' | 'too_many';

/** A body that is being read, or that is here and not yet answered. */
interface Held {
  /** Whose it is: an address. */
  readonly source: string;
  chunks: Buffer[];
  bytes: number;
  /** Ends the reading; null once it has ended. */
  giveUp: (() => void) | null;
}

/** So many pieces are put together into one: a sender of single bytes costs what its bytes cost. */
const PIECES_MAX = 64;

/** The body's length as the headers promise it, null when they promise none. */
function promisedBytes({ headers }: IncomingMessage): number | null {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  const length = headers['content-length'];
  return length === undefined ? null : Number(length);
}

/**
 * Counts the bytes that are really here, not those that were promised, from their arrival until their request is
 * answered. When there are too many, a body has to go: of the source that holds most, the one that has been coming for
 * longest. So half-sent bodies that are only held go first, and who sends one body makes no room for who sends many.
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

  /** Takes the body in and hands it to `answer`; it counts until that has ended. */
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
        // What is too much is thrown away: the connection stays for the answer.
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

  /** How to end the body that has to go; null when every one of them is here whole. */
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
