/** A look from where the shop runs: at its database, its cache, and the hosts that it has to reach. */
import { probeHosts } from '../adapters/http/probe.ts';
import type { Send } from '../adapters/http/request.ts';
import { connectTo, probeMysql } from '../adapters/mysql/probe.ts';
import { type Environment, readVariable } from '../adapters/process/variables.ts';
import { probeRedis } from '../adapters/redis/probe.ts';
import type { Clock } from '../ports/clock.ts';
import { type Finding, noted } from '../ports/finding.ts';

/** What is looked at. */
export interface ProbeAsked {
  /** `DATABASE_URL`, `CACHE_URL` and the addresses of the platforms are read of it. */
  readonly environment: Environment;
  readonly send: Send;
  readonly clock: Clock;
  /** A text that no other run has, at most 32 letters and digits. */
  readonly run: string;
  /** How many connections to the database all instances together may open; null when nobody has counted. */
  readonly connections: number | null;
}

const PLATFORMS = ['WECHAT_BASE_URL', 'WXPAY_BASE_URL', 'WXPAY_BACKUP_BASE_URL'] as const;

const FILE: Finding = noted(
  {
    zh: '数据在一个文件里：没有数据库服务器可查。',
    en: 'The data is in a file: there is no server to look at.',
  },
  {
    zh: 'DATABASE_URL=mysql://…，见 docs/PRODUCTION.md',
    en: 'DATABASE_URL=mysql://…, see docs/PRODUCTION.md',
  },
);

/** Everything that is wrong. Nothing is told of a shop's data, and no password. */
export async function probe({
  environment,
  send,
  clock,
  run,
  connections,
}: ProbeAsked): Promise<readonly Finding[]> {
  const url = environment.DATABASE_URL ? readVariable('DATABASE_URL', environment) : 'sqlite:';
  const cacheUrl = readVariable('CACHE_URL', environment);
  const database = url.startsWith('mysql:')
    ? probeMysql({ connect: connectTo(url), run, connections })
    : [FILE];
  const cache = cacheUrl === null ? [] : probeRedis(cacheUrl, clock);
  const hosts = probeHosts(
    send,
    PLATFORMS.map((name) => readVariable(name, environment)),
  );
  return (await Promise.all([database, cache, hosts])).flat();
}

/** Findings as lines for people, each in both languages. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ stops, what, where }) => [
    `${stops ? '✗' : '!'} ${what.zh} 去哪里解决：${where.zh}`,
    `  ${what.en} Where: ${where.en}`,
  ]);
}
