/** Sending answers: one request at a time for each connection, and a bounded number of unsent bytes. */
import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The requests of one connection. One is being answered; the others wait. */
interface Line {
  isBusy: boolean;
  readonly waiting: (() => void)[];
}

/**
 * How many requests of one connection may wait. That many can only arrive in one packet together with the first,
 * because afterwards the connection is not read.
 */
const WAITING_MAX = 16;

/**
 * Handles one request at a time for each connection. Further requests wait their turn, and the rest of what the
 * client sends stays unread in the operating system. A connection with too many waiting requests is closed.
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

/** An answer that its client has not read yet. */
interface Unsent {
  readonly socket: Socket;
  readonly bytes: number;
}

/**
 * Limits the bytes of answers that wait for their clients. When there are too many, the connections that have waited
 * longest are closed. A connection that has not taken a whole answer within `takenWithinMs` is closed too.
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

  /**
   * Watches an answer; to be called once all of it is written. Most answers are already with the operating system by
   * then, and cost nothing here.
   */
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
