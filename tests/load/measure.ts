/** Tools for the benchmark: processes with their CPU and memory, load with a bounded number of clients, quantiles. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** A child process, with the addresses that it printed. */
export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly lines: Readonly<Record<string, string>>;
  readonly startMs: number;
  /** Resolves when it next prints something, or has ended. */
  printed(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a node script and waits until it has printed each name of `awaited`, as `Name   value`. A stack appoints no
 * staff of its own, unless `env` says so.
 */
export async function startNode(
  script: string,
  env: Readonly<Record<string, string>>,
  awaited: readonly string[],
  flags: readonly string[] = [],
): Promise<Running> {
  const from = performance.now();
  const child = spawn(process.execPath, [...flags, script], {
    env: { ...process.env, STAFF: 'off', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Record<string, string> = {};
  let seen = '';
  await new Promise<void>((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`${script} ended with ${code}`));
    child.once('exit', ended);
    child.stdout.on('data', function read(chunk: Buffer) {
      seen += chunk.toString();
      for (const [, name, value] of seen.matchAll(/^(\w+) +(\S+)$/gm)) {
        if (name !== undefined && value !== undefined) lines[name] = value;
      }
      if (!awaited.every((name) => lines[name] !== undefined)) return;
      child.removeListener('exit', ended);
      // Later output (its log) is discarded.
      child.stdout.off('data', read).resume();
      resolve();
    });
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${script} has no process`);
  return {
    child,
    pid,
    lines,
    startMs: performance.now() - from,
    printed: () =>
      new Promise<void>((resolve) => {
        const { stdout } = child;
        const done = () => {
          stdout.off('data', done).off('close', done);
          resolve();
        };
        if (stdout.closed) resolve();
        else stdout.on('data', done).on('close', done);
      }),
    stop: () =>
      new Promise<void>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** The user and system time that a process has used so far, in milliseconds. Linux only. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/** The CPU time of a process's present threads so far, in milliseconds, exact enough for short work. Linux only. */
export function exactCpuMs(pid: number): number {
  const ns = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return ns.reduce((sum, each) => sum + each, 0) / 1e6;
}

/** The resident memory of a process, in megabytes. Linux only. */
export function rssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

/** The quantile `q` of the sorted sample. */
export function quantile(sample: readonly number[], q: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

/**
 * Runs `work` in `clients` concurrent loops until `total` pieces are done. Answers the duration of each piece and of
 * the whole, in milliseconds.
 */
export async function load(
  clients: number,
  total: number,
  work: (piece: number) => Promise<void>,
): Promise<{ readonly wallMs: number; readonly eachMs: readonly number[] }> {
  const eachMs: number[] = [];
  let next = 0;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (;;) {
        const piece = next++;
        if (piece >= total) return;
        const began = performance.now();
        await work(piece);
        eachMs.push(performance.now() - began);
      }
    }),
  );
  return { wallMs: performance.now() - from, eachMs };
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** One HTTP exchange with as little work on the client side as possible, so that the server is what is measured. */
export function exchange(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  body: string | Uint8Array = '',
): Promise<{ readonly status: number; readonly headers: Record<string, string>; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        agent,
        headers: body === '' ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
            ),
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
