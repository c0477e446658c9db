import { randomBytes } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import { type CloudOptions, NoAnswer, TencentCloud } from '../../../local/simulators/tencent/cloud.ts';
import { CloudRefused } from '../../../local/simulators/tencent/wire.ts';
import { OpenCall } from '../../../shared/commands/opsCall.ts';
import { type Cloud, CloudError, type Pace } from '../../../tools/deploy/cloud.ts';
import { type Deployment, deploy, type ExitCode, rollback } from '../../../tools/deploy/deploy.ts';
import { type Desired, type DesiredUnit, hashOf } from '../../../tools/deploy/desired.ts';
import type { Manner } from '../../../tools/deploy/plan.ts';

/** The process is gone: the answer to the last call never came back. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

export const WHOLE: Manner = { canaryPercent: null, isPromotion: false };

/** Processes of one test have the same, because it is a part of a release. */
export const configKey = process.env.CONFIG_KEY_OF_TESTS ?? randomBytes(32).toString('base64');

function unitOf(name: string, code: string, more: Partial<DesiredUnit> = {}): DesiredUnit {
  return {
    name,
    type: 'event',
    handler: 'index.main_handler',
    memoryMb: 256,
    timeoutSeconds: 60,
    initTimeoutSeconds: 10,
    concurrency: 1,
    reservedInstances: null,
    environment: { STAGE: 'test', CONFIG_KEY: configKey },
    configDigest: 'c0ffee',
    triggers: [],
    zip: zipSync({ 'index.js': [strToU8(code), { mtime: new Date(2000, 0, 1) }] }),
    ...more,
  };
}

const url = { type: 'http', name: 'url' } as const;

/** What shall be: five units of a shop. The code decides about the release. */
export function desiredOf(code: string, more: Partial<Desired> = {}): Desired {
  const desired = {
    stage: 'test',
    namespace: 'zhike-test',
    runtime: 'Nodejs20.19',
    role: 'zhike',
    vpc: { vpcId: 'vpc-1', subnetId: 'subnet-1' },
    logs: {
      logsetId: 'logset-1',
      topicName: 'zhike-test',
      days: 30,
      fields: [{ name: 'outcome', type: 'text' } as const, { name: 'ms', type: 'long' } as const],
    },
    units: [
      unitOf('ops', code, { timeoutSeconds: 900 }),
      unitOf('events', code),
      unitOf('minute', code, {
        triggers: [
          { type: 'timer', name: 'sweepTasks', cron: '*/5 * * * * * *' },
          { type: 'timer', name: 'closeExpiredOrders', cron: '0 * * * * * *' },
        ],
      }),
      unitOf('pay', code, { type: 'web', concurrency: 10, reservedInstances: 10, triggers: [url] }),
      unitOf('api', code, { type: 'web', concurrency: 20, memoryMb: 512, triggers: [url] }),
    ],
    topics: [],
    subscriptions: [],
    domain: {
      host: 'api.shop.test',
      protocol: 'HTTPS',
      certificateId: 'cert-1',
      paths: [
        { path: '/api/pay/*', unit: 'pay' },
        { path: '/*', unit: 'api' },
      ],
    },
    alarms: [
      {
        name: 'zhike-test dead tasks',
        query: 'outcome:dead | select count(*) as dead',
        windowMinutes: 5,
        everyMinutes: 5,
        condition: '$1.dead > 0',
        message: 'docs/runbook.md#dead-tasks',
      },
    ],
    noticeIds: ['notice-1'],
    connections: 60,
    ...more,
  } as const satisfies Omit<Desired, 'release'>;
  return { ...desired, release: { commit: `c-${code}`, hash: hashOf(desired) } };
}

/** A later release, in which much else is different too. */
export function laterOf(code: string): Desired {
  const { units, domain, logs, alarms, ...rest } = desiredOf(code);
  const changed: Readonly<Record<string, Partial<DesiredUnit>>> = {
    minute: {
      memoryMb: 384,
      triggers: [
        { type: 'timer', name: 'sweepTasks', cron: '*/10 * * * * * *' },
        { type: 'timer', name: 'checkShop', cron: '0 */2 * * * * *' },
      ],
    },
    pay: { reservedInstances: 5 },
  };
  return desiredOf(code, {
    ...rest,
    units: [
      ...units.map((unit) => ({ ...unit, ...changed[unit.name] })),
      unitOf('admin', code, { type: 'web', concurrency: 10, triggers: [url] }),
    ],
    domain: { ...domain, paths: [{ path: '/api/admin/*', unit: 'admin' }, ...domain.paths] },
    logs: { ...logs, fields: [...logs.fields, { name: 'age', type: 'double' }] },
    alarms: [
      ...alarms.map((alarm) => ({ ...alarm, condition: '$1.dead > 1' })),
      ...alarms.map((alarm) => ({ ...alarm, name: 'zhike-test slow' })),
    ],
  });
}

/** A stage in a simulated cloud, without a network between. Time passes only by waiting. */
export function stageOf(options: Partial<CloudOptions> = {}) {
  let now = 1_795_000_000_000;
  const fake = new TencentCloud({
    keys: { secretId: 'id', secretKey: 'key' },
    now: () => now,
    polls: 1,
    // As the unit `ops` reads what a deployment asks it openly.
    runs: ({ event }) => ({ lines: [`${OpenCall.parse(event).command} is done`], data: null }),
    ...options,
  });
  const told: string[] = [];
  const startedAtMs: number[] = [];
  /** How many more calls the process lives for. */
  let lives = Number.POSITIVE_INFINITY;
  let smoke: () => Promise<void> = async () => undefined;

  const cloud: Cloud = {
    ask: async (service, action, asked) => {
      startedAtMs.push(now);
      lives -= 1;
      const params = JSON.parse(JSON.stringify(asked)) as Record<string, unknown>;
      try {
        return JSON.parse(JSON.stringify(fake.call(service, action, params)));
      } catch (caught) {
        if (caught instanceof NoAnswer)
          throw new CloudError({ code: '', message: `${action}: no answer`, isUnknown: true });
        if (!(caught instanceof CloudRefused)) throw caught;
        const { code, message } = caught;
        throw new CloudError({ code, message, isUnknown: code.startsWith('InternalError') });
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: a dead process sees neither answer nor error.
        if (lives <= 0) throw new Killed();
      }
    },
  };
  const pace: Pace = {
    now: () => now,
    pause: async (ms) => {
      now += ms;
    },
    random: () => 0.5,
  };
  const given = (desired: Desired, withoutTriggers: Desired | null): Deployment => ({
    ...{ cloud, pace, desired, withoutTriggers },
    tell: (line) => told.push(line),
    smoke: () => smoke(),
  });

  return {
    fake,
    cloud,
    pace,
    told,
    startedAtMs,
    deploy: (
      desired: Desired,
      { manner = WHOLE, isPlanOnly = false, withoutTriggers = null as Desired | null } = {},
    ): Promise<ExitCode> => deploy(given(desired, withoutTriggers), manner, isPlanOnly),
    rollback: (desired: Desired, to: string | null = null) => rollback(given(desired, null), to),
    /** The process dies at the answer to that call, counted from now. */
    killAfter: (calls: number) => {
      lives = calls;
    },
    live: () => {
      lives = Number.POSITIVE_INFINITY;
    },
    smokes: (how: () => Promise<void>) => {
      smoke = how;
    },
    /** What was told, and forgets it. */
    lines: () => told.splice(0),
  };
}
