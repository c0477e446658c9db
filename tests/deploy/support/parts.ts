import { randomBytes } from 'node:crypto';
import { strToU8 } from 'fflate';
import type { Parts } from '../../../tools/deploy/assemble.ts';
import { LOG_FIELDS } from '../../../tools/deploy/logs.ts';
import { parseStage, type Stage, variablesOf } from '../../../tools/deploy/stageFile.ts';
import type { UnitEntry } from '../../../tools/manifest.ts';
import { unitEnvironment } from '../../support/unitEnvironment.ts';

/** A stage file, with changes by replacing. */
export const STAGE_TEXT = `
region: ap-guangzhou
url: https://api.example.com
certificate: cert-1
role: zhike
vpc: { id: vpc-1, subnet: subnet-1 }
logs: { logset: logset-1 }
notices: [notice-1]
`;

const unit = (name: string, more: Partial<UnitEntry> = {}): UnitEntry => ({
  name,
  type: 'event',
  memoryMb: 256,
  timeoutSeconds: 60,
  initTimeoutSeconds: 10,
  concurrency: 1,
  reservedInstances: null,
  connections: 2,
  paths: [],
  functions: [],
  consumers: [],
  triggers: [],
  ...more,
});

const consumer = (name: string, event: string) =>
  ({
    name,
    own: { kind: 'consumer', contract: { on: { name: event } } },
  }) as unknown as UnitEntry['functions'][number];

/** Five units as the manifest has them. */
export const UNITS: readonly UnitEntry[] = [
  unit('ops'),
  unit('events', {
    paths: ['/bus/*'],
    triggers: [{ type: 'url', name: 'url' }],
    functions: [
      consumer('grant', 'order.paid'),
      consumer('accrue', 'order.paid'),
      consumer('welcome', 'user.came'),
    ],
  }),
  unit('minute', { triggers: [{ type: 'timer', name: 'sweepTasks', cron: '*/5 * * * * * *' }] }),
  unit('pay', { type: 'web', paths: ['/api/pay/*'], concurrency: 10, reservedInstances: 10 }),
  unit('api', {
    type: 'web',
    paths: ['/*'],
    concurrency: 20,
    memoryMb: 512,
    connections: 4,
    secrets: ['DATABASE_URL'],
  }),
];

/** The secrets and settings of a stage that is all right. They are made anew for each process. */
const { SECRETS_KEY: _, ...given } = unitEnvironment();
const right: Readonly<Record<string, string>> = {
  ...given,
  DATABASE_URL: 'mysql://shop:db-password@10.0.0.5:3306/shop',
  SECRETS_KEY: randomBytes(32).toString('base64'),
  CONFIG_KEY: randomBytes(32).toString('base64'),
};

/** A stage that is all right, with changes to its file or its variables. An undefined variable is not set. */
export function partsOf(
  changes: {
    readonly stage?: (text: string) => string;
    readonly variables?: Readonly<Record<string, string | undefined>>;
    readonly units?: readonly UnitEntry[];
  } = {},
): Parts & { readonly stage: Stage } {
  const stage = parseStage('test', changes.stage?.(STAGE_TEXT) ?? STAGE_TEXT);
  const variables = variablesOf(stage, { ...right, ...changes.variables });
  return {
    stage,
    variables,
    units: changes.units ?? UNITS,
    filesOf: (name) => ({
      'index.js': strToU8(`exports.name = '${name}'`),
      scf_bootstrap: strToU8('#!/bin/bash\n'),
    }),
    commit: 'c0ffee00',
    fields: LOG_FIELDS,
    alarms: [],
  };
}
