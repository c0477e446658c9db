/** An instance of an event function, as the platform runs it: one event at a time, and frozen between them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import * as z from 'zod';

/** The platform's limits. Source: cloud.tencent.com/document/product/583/11637. */
export const SYNC_BYTES_MAX = 6 * 1024 * 1024;
export const ASYNC_BYTES_MAX = 128 * 1024;

/**
 * What the platform's runtime does: it loads the unit, and calls `main_handler` with one event after the other. Until
 * the next one it waits in a blocking read, so nothing that was put off happens after an answer. Whoever called stops
 * the process meanwhile.
 */
const RUNTIME = `
  const { readSync, writeSync } = require('node:fs');
  const { inspect } = require('node:util');
  const { main_handler } = require(process.argv[1]);
  const tell = (said) => {
    const text = Buffer.from(JSON.stringify(said) + '\\n');
    for (let at = 0; at < text.length; ) {
      try {
        at += writeSync(3, text, at);
      } catch (caught) {
        if (caught.code !== 'EAGAIN') throw caught;
      }
    }
  };
  const nextLine = () => {
    const chunks = [];
    for (;;) {
      const chunk = Buffer.alloc(65536);
      const length = readSync(0, chunk);
      if (length === 0) process.exit();
      chunks.push(chunk.subarray(0, length));
      if (chunk[length - 1] === 10) return Buffer.concat(chunks).toString();
    }
  };
  (async () => {
    for (let said = { loaded: true }; ; ) {
      tell(said);
      const { event, context } = JSON.parse(nextLine());
      said = await main_handler(event, context).then(
        (returned) => ({ returned: JSON.stringify(returned) }),
        (thrown) => ({ thrown: { message: String(thrown?.message), whole: inspect(thrown, { depth: 20 }) } }),
      );
    }
  })();
`;

const Said = z.object({
  loaded: z.boolean().optional(),
  returned: z.string().optional(),
  thrown: z.object({ message: z.string(), whole: z.string() }).optional(),
});

/** How a call ended for whoever called. */
export type Outcome =
  | { readonly returned: unknown }
  | { readonly thrown: string }
  | { readonly refused: 'request too large' | 'answer too large' }
  | { readonly ended: 'killed' | 'timeout' };

/** The id of a process that has not ended, or null. */
export function pidOf({ pid, exitCode, signalCode }: ChildProcess): number | null {
  return exitCode === null && signalCode === null ? (pid ?? null) : null;
}

/** One instance. What the platform itself logs is in `platformLog`, what the unit writes is `said`. */
export class EventInstance {
  readonly #process: ChildProcess;
  readonly #platformLog: string[];
  readonly #answers: AsyncIterator<string>;
  #end: 'killed' | 'timeout' = 'killed';
  #said = '';
  #calls = 0;

  private constructor(process: ChildProcess, platformLog: string[]) {
    this.#process = process;
    this.#platformLog = platformLog;
    this.#answers = createInterface({ input: process.stdio[3] as Readable })[Symbol.asyncIterator]();
    // Who dies reads nothing more. Whoever called hears of it by the end of the answers.
    process.stdin?.on('error', () => undefined);
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#said += chunk.toString();
      });
    }
  }

  /** Starts an instance from a built bundle. */
  static async start(file: string, env: NodeJS.ProcessEnv, platformLog: string[]): Promise<EventInstance> {
    const child = spawn(process.execPath, ['-e', RUNTIME, file], {
      cwd: dirname(file),
      env,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    const instance = new EventInstance(child, platformLog);
    const said = await instance.#answer();
    if (said?.loaded !== true) throw new Error(`${file} does not load: ${instance.#said}`);
    child.kill('SIGSTOP');
    return instance;
  }

  /** The process that runs the unit, or null when it has ended. */
  get pid(): number | null {
    return pidOf(this.#process);
  }

  /** What the unit wrote. Complete once it is frozen or dead. */
  async said(): Promise<string> {
    // What was written before a stop is in the pipe, and is read in the turns that follow.
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
    return this.#said;
  }

  async #answer(): Promise<z.infer<typeof Said> | null> {
    const { done, value } = await this.#answers.next();
    return done === true ? null : Said.parse(JSON.parse(value));
  }

  /** Calls it: `sync` as by a function URL, `async` as by a timer, a broker or an asynchronous invocation. */
  async call(event: unknown, how: 'sync' | 'async' = 'async'): Promise<Outcome> {
    const bytesMax = how === 'sync' ? SYNC_BYTES_MAX : ASYNC_BYTES_MAX;
    if (Buffer.byteLength(JSON.stringify(event)) > bytesMax) return { refused: 'request too large' };
    this.#calls += 1;
    const context = { request_id: `platform-request-${this.#calls}`, time_limit_in_ms: 70_000 };
    this.#process.kill('SIGCONT');
    (this.#process.stdin as Writable).write(`${JSON.stringify({ event, context })}\n`);
    const said = await this.#answer();
    if (said === null) {
      this.#platformLog.push(`${context.request_id} ${this.#end}`);
      return { ended: this.#end };
    }
    this.#process.kill('SIGSTOP');
    // The platform logs what a handler returns or throws, and cannot be told not to.
    this.#platformLog.push(`${context.request_id} RetMsg: ${said.returned ?? said.thrown?.whole}`);
    if (said.thrown !== undefined) return { thrown: said.thrown.message };
    if (how === 'sync' && Buffer.byteLength(said.returned ?? '') > SYNC_BYTES_MAX)
      return { refused: 'answer too large' };
    return { returned: JSON.parse(said.returned ?? 'null') };
  }

  /** Ends it in the middle of a call, as the platform does when it needs the room, or when a call takes too long. */
  async kill(why: 'killed' | 'timeout' = 'killed'): Promise<void> {
    this.#end = why;
    if (this.pid === null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}
