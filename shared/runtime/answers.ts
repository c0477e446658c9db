/** Answers on their way: one at a time for each connection, and no more unsent than a process can hold. */
import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The requests of one connection: one is being answered, the others wait. */
interface Line {
  isBusy: boolean;
  readonly waiting: (() => void)[];
}

/**
 * How many requests of one connection may wait. More of them come only when they were sent in one packet with those
 * before: from then on the connection is not read.
 */
const WAITING_MAX = 16;

/**
 * One request at a time for each connection. Those that are sent before the one in front of them is answered wait
 * their turn, and the rest of what the client sends stays unread, outside of this process. Who sends too many in one
 * go is hung up on.
 */
export function oneAtATime(listener: RequestListener): RequestListener {
  const lines = new WeakMap<Socket, Line>();

  function startNext(socket: Socket, line: Line): void {
    const next = line.waiting.shift();
    if (socket.destroyed) line.waiting.length = 0;
    else if (next === undefined) line.isBusy = false;
    else next();
    if (line.waiting.length === 0) socket.resume();
  }

  return (incoming, outgoing) => {
    const { socket } = incoming;
    const line = lines.get(socket) ?? { isBusy: false, waiting: [] };
    lines.set(socket, line);
    const start = () => {
      line.isBusy = true;
      outgoing.once('close', () => startNext(socket, line));
      listener(incoming, outgoing);
    };
    if (!line.isBusy) start();
    else if (line.waiting.length < WAITING_MAX) {
      line.waiting.push(start);
      socket.pause();
    } else {
      line.waiting.length = 0;
      socket.destroy();
    }
  };
}

/** An answer that its client has not taken yet. */
interface Unsent {
  readonly socket: Socket;
  readonly bytes: number;
}

/**
 * The bytes of answers that wait for their clients. When there are too many, who takes theirs for longest is hung up
 * on; and so is who has not taken a whole answer in `takenWithinMs`.
 */
export class UnsentAnswers {
  readonly #bytesMax: number;
  readonly #takenWithinMs: number;
  /** In the order in which they were sent. */
  readonly #unsent = new Set<Unsent>();
  #bytes = 0;

  constructor(bytesMax: number, takenWithinMs: number) {
    this.#bytesMax = bytesMax;
    this.#takenWithinMs = takenWithinMs;
  }

  /** To be called once the whole answer is written: most are with the system by then, and cost nothing here. */
  watch(outgoing: ServerResponse): void {
    const { socket } = outgoing;
    if (socket === null || socket.writableLength === 0) return;
    const unsent = { socket, bytes: socket.writableLength };
    this.#unsent.add(unsent);
    this.#bytes += unsent.bytes;
    const timer = setTimeout(() => socket.destroy(), this.#takenWithinMs);
    outgoing.once('close', () => {
      clearTimeout(timer);
      this.#unsent.delete(unsent);
      this.#bytes -= unsent.bytes;
    });
    let left = this.#bytes;
    for (const oldest of this.#unsent) {
      if (left <= this.#bytesMax) return;
      left -= oldest.bytes;
      oldest.socket.destroy();
    }
  }
}
