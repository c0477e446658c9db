/** Redis servers for tests: one of the tests' own that can misbehave, and a real one where there is one. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';

const USUAL_URL = 'redis://127.0.0.1:6379';

/**
 * The address of the real server: that of the environment, or the usual one when a server answers there; else null.
 * @throws the driver's error when the one of the environment does not answer
 */
export async function findRedis(): Promise<string | null> {
  const named = process.env.TEST_REDIS_URL;
  const redis = new Redis(named ?? USUAL_URL, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.ping();
    return named ?? USUAL_URL;
  } catch (error) {
    if (named !== undefined) throw error;
    return null;
  } finally {
    redis.disconnect();
  }
}

/** Registers tests that need the real server, or skips them where there is none. */
export function describeRedis(name: string, tests: (url: string) => void): void {
  const url = process.env.TEST_REDIS_URL;
  if (url === undefined) describe.skip(name, () => tests(USUAL_URL));
  else describe(name, () => tests(url));
}

/** How the server behaves: it never answers, it holds answers back, or it has no room left. */
type Mood = 'well' | 'dead' | 'slow' | 'full';

interface Entry {
  text: string;
  endsAtMs: number;
}

/** The commands in a packet, each with its arguments; the driver sends whole commands. */
function commandsIn(packet: string): string[][] {
  const lines = packet.split('\r\n');
  const commands: string[][] = [];
  for (let at = 0; lines[at]?.startsWith('*'); ) {
    const parts = Number(lines[at]?.slice(1));
    commands.push(Array.from({ length: parts }, (_, part) => lines[at + 2 + 2 * part] ?? ''));
    at += 1 + 2 * parts;
  }
  return commands;
}

const bulk = (text: string | null) =>
  text === null ? '$-1\r\n' : `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

const FULL = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

/** A Redis server in this process, on a clock of its own. It knows the commands that the cache uses. */
export class OwnRedis {
  mood: Mood = 'well';
  /** The packets that came in, each as its commands. */
  readonly packets: string[][][] = [];
  readonly entries = new Map<string, Entry>();
  /** How often somebody connected. */
  connections = 0;
  nowMs = 0;
  readonly #password: string | null;
  readonly #sockets = new Set<Socket>();
  #held: (() => void)[] = [];
  #server: Server | null = null;
  #port = 0;

  private constructor(password: string | null) {
    this.#password = password;
  }

  static async start(password: string | null = null): Promise<OwnRedis> {
    const own = new OwnRedis(password);
    await own.listen();
    return own;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** Listens, on the same port as before. */
  async listen(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Ends all connections, and resolves when the other ends have noticed. */
  async end(): Promise<void> {
    const closed = [...this.#sockets].map((socket) => once(socket.end(), 'close'));
    await Promise.all(closed);
    // The other end of each socket tells its owner in the same turn or the next.
    for (let turns = 0; turns < 3; turns += 1) await new Promise(setImmediate);
  }

  /** Cuts all connections, whatever is under way. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.cut();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }

  /** Sends the answers that were held back. */
  release(): void {
    for (const send of this.#held.splice(0)) send();
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    const session = { queued: null as string[][] | null, isFull: false, isKnown: this.#password === null };
    socket.on('data', (data) => {
      const commands = commandsIn(data.toString('utf8'));
      this.packets.push(commands);
      if (this.mood === 'dead') return;
      const send = () => {
        for (const command of commands) socket.write(this.#answer(command, session));
      };
      if (this.mood === 'slow') this.#held.push(send);
      else send();
    });
  }

  #answer(
    command: readonly string[],
    session: { queued: string[][] | null; isFull: boolean; isKnown: boolean },
  ): string {
    const name = command[0]?.toUpperCase();
    if (name === 'AUTH') {
      session.isKnown = command.at(-1) === this.#password;
      return session.isKnown
        ? '+OK\r\n'
        : '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
    }
    if (!session.isKnown) return '-NOAUTH Authentication required.\r\n';
    if (name === 'MULTI') {
      session.queued = [];
      session.isFull = false;
      return '+OK\r\n';
    }
    const isRefused = this.mood === 'full' && (name === 'SET' || name === 'INCR');
    if (name === 'EXEC') {
      const queued = session.queued ?? [];
      session.queued = null;
      if (session.isFull) return '-EXECABORT Transaction discarded because of previous errors.\r\n';
      return `*${queued.length}\r\n${queued.map((each) => this.#run(each)).join('')}`;
    }
    if (isRefused) session.isFull = true;
    if (isRefused) return FULL;
    if (session.queued === null) return this.#run(command);
    session.queued.push([...command]);
    return '+QUEUED\r\n';
  }

  #live(key: string): Entry | null {
    const entry = this.entries.get(key);
    return entry !== undefined && this.nowMs < entry.endsAtMs ? entry : null;
  }

  #run([name = '', key = '', ...rest]: readonly string[]): string {
    const live = this.#live(key);
    switch (name.toUpperCase()) {
      case 'GET':
        return bulk(live?.text ?? null);
      case 'SET': {
        const [text = '', px, lifeMs, nx] = rest;
        if (px !== 'PX') return '-ERR syntax error\r\n';
        if (nx === 'NX' && live !== null) return bulk(null);
        this.entries.set(key, { text, endsAtMs: this.nowMs + Number(lifeMs) });
        return '+OK\r\n';
      }
      case 'DEL':
        return `:${[key, ...rest].filter((each) => this.entries.delete(each)).length}\r\n`;
      case 'INCR': {
        if (live === null) return '-ERR a counter without a window\r\n';
        if (!/^\d+$/.test(live.text)) return '-ERR value is not an integer or out of range\r\n';
        live.text = String(Number(live.text) + 1);
        return `:${live.text}\r\n`;
      }
      case 'PTTL':
        return `:${live === null ? -2 : live.endsAtMs - this.nowMs}\r\n`;
      default:
        return `-ERR unknown command '${name}'\r\n`;
    }
  }
}
