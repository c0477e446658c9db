/** An instance of a web function, as the platform runs it: started by its bootstrap, frozen while nobody asks. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { pidOf } from './eventInstance.ts';

const INTERPRETER = '/var/lang/node20/bin/node';
const CALLER = '203.0.113.9';
const PORT = /\b9000$/m;

/** An answer as the platform passes it on. */
export interface WebAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a caller sends. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The caller's address, as the platform's proxies see it. */
  readonly from?: string;
}

/** The credentials of the function's role, which the platform puts into the headers of each request. */
export const ROLE_HEADERS = {
  'X-Scf-Secret-Id': 'canary-of-the-role-id',
  'X-Scf-Secret-Key': 'canary-of-the-role-key',
  'X-Scf-Session-Token': 'canary-of-the-role-token',
};

/** One instance. It speaks to the server over connections that it keeps, as the platform's proxy does. */
export class WebInstance {
  readonly #process: ChildProcess;
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });
  #running = 0;
  #isEnding = false;
  #asked = 0;
  #said = '';
  /** How many connections to the server were opened. */
  connections = 0;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.#port = port;
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#said += chunk.toString();
      });
    }
  }

  /** Runs the bootstrap in a bundle's folder, with this machine's Node, on this port, and waits until it listens. */
  static async start(file: string, env: NodeJS.ProcessEnv, port: number): Promise<WebInstance> {
    const bootstrap = join(dirname(file), 'scf_bootstrap');
    const written = readFileSync(bootstrap, 'utf8');
    if (!written.includes(INTERPRETER) || !PORT.test(written))
      throw new Error(`unknown bootstrap: ${written}`);
    const program = written.replace(INTERPRETER, process.execPath).replace(PORT, String(port));
    const child = spawn('/bin/bash', ['-c', program, bootstrap], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const instance = new WebInstance(child, port);
    await instance.#listening();
    instance.#freeze();
    return instance;
  }

  /** Asks for a connection until there is one, as the platform does when it starts an instance. */
  async #listening(): Promise<void> {
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`it does not start: ${this.#said}`);
      const socket = connect(this.#port, '127.0.0.1');
      const isOpen = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true));
        socket.once('error', () => resolve(false));
      });
      socket.destroy();
      if (isOpen) return;
    }
  }

  #freeze(): void {
    if (this.#running === 0 && !this.#isEnding) this.#process.kill('SIGSTOP');
  }

  /** What the unit wrote. */
  get said(): string {
    return this.#said;
  }

  /** Passes a request on, and freezes the instance when it was the last one under way. */
  async ask(
    path: string,
    { method = 'GET', headers = {}, body = '', from = CALLER }: Asked = {},
  ): Promise<WebAnswer> {
    this.#running += 1;
    this.#asked += 1;
    this.#process.kill('SIGCONT');
    const forwarded = headers['x-forwarded-for'];
    const sent = {
      ...headers,
      ...ROLE_HEADERS,
      'X-Scf-Request-Id': `platform-request-${this.#asked}`,
      'X-Forwarded-For': `${forwarded === undefined ? '' : `${forwarded}, `}${from}, 11.163.17.81`,
      ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    };
    try {
      return await new Promise<WebAnswer>((resolve, reject) => {
        const options = { port: this.#port, path, method, headers: sent, agent: this.#agent };
        const asking = request(options, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const { statusCode = 0 } = answer;
            resolve({ status: statusCode, headers: answer.headers, body: Buffer.concat(chunks).toString() });
          });
        });
        asking.on('socket', () => {
          if (!asking.reusedSocket) this.connections += 1;
        });
        asking.on('error', reject);
        asking.end(body);
      });
    } finally {
      this.#running -= 1;
      this.#freeze();
    }
  }

  /** The process that runs the unit, or null when it has ended. */
  get pid(): number | null {
    return pidOf(this.#process);
  }

  /** Tells it to end, and answers its exit code, or the signal that ended it. */
  end(): Promise<number | string | null> {
    return this.#end('SIGTERM');
  }

  /** Ends it as the platform does when it needs the room, whatever is under way. */
  kill(): Promise<number | string | null> {
    return this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<number | string | null> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode;
    this.#isEnding = true;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGCONT');
    this.#process.kill(signal);
    const [code, by] = await ended;
    this.#agent.destroy();
    return code ?? by;
  }
}
