/**
 * A stage: `stages/<stage>.yml`, which may be in the repository, and the secrets, which may not. Secrets are in the
 * environment of who deploys, or in the file `.env.<stage>`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import * as z from 'zod';
import {
  type Environment,
  SECRETS,
  VARIABLES,
  type VariableName,
} from '../../shared/adapters/process/variables.ts';
import { ROOT } from '../sources.ts';

/** The variables that are secrets, or have one in them. Everybody else's may stand in the stage file. */
export const SECRET_NAMES: readonly VariableName[] = ['CONFIG_KEY', ...SECRETS];

/** Who deploys, at the platform. They are never given to the product. */
export const DEPLOYER_NAMES = [
  'TENCENTCLOUD_SECRET_ID',
  'TENCENTCLOUD_SECRET_KEY',
  'TENCENTCLOUD_TOKEN',
  'TENCENTCLOUD_ENDPOINT',
] as const;

/** The name of a stage. */
export const StageName = z.string().regex(/^[a-z][a-z0-9-]{0,20}$/);

const LOOPBACK = /^(localhost|127\.0\.0\.1)$/;
/** An address without a path. Plain HTTP is for this machine only. */
const Origin = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  return isSafe && url?.origin === text;
}, 'an address that begins with https:// and has no path, and no slash at its end');

const Variables = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

const File = z.strictObject({
  /** Such as ap-guangzhou. */
  region: z.string().regex(/^[a-z]{2,4}-[a-z0-9-]+$/),
  /** The shop's public address. Its host becomes the custom domain. */
  url: Origin,
  /** The id of the host's certificate. */
  certificate: z.string().min(1).optional(),
  /** The role that the functions run as. */
  role: z.string().min(1),
  /** The private network in which the database is. */
  vpc: z.strictObject({ id: z.string().min(1), subnet: z.string().min(1) }).optional(),
  logs: z.strictObject({ logset: z.string().min(1), days: z.int().min(1).max(3600).default(30) }),
  /** Whom alarms reach: ids of the log service's notification groups. */
  notices: z.array(z.string().min(1)).default([]),
  /** The most instances that are expected of a unit for which none are reserved: counts its database connections. */
  instances: z.int().min(1).max(1000).default(10),
  namespace: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{1,29}$/)
    .optional(),
  runtime: z.string().default('Nodejs20.19'),
  variables: Variables.default({}),
});

/** What a stage file says, with the stage's name. */
export type Stage = z.output<typeof File> & { readonly name: string; readonly namespace: string };

/** Where a stage's file is. */
export const stageFileOf = (name: string, root = ROOT) => join(root, 'stages', `${name}.yml`);
/** Where a stage's secrets may be. */
export const secretFileOf = (name: string, root = ROOT) => join(root, `.env.${name}`);

/**
 * Reads what a stage file says.
 * @throws Error that names what is wrong with it; also when a secret stands in it
 */
export function parseStage(name: string, text: string): Stage {
  const parsed = File.safeParse(parse(text));
  if (!parsed.success) throw new Error(`stages/${name}.yml: ${z.prettifyError(parsed.error)}`);
  const { variables } = parsed.data;
  const secret = SECRET_NAMES.find((one) => one in variables);
  if (secret !== undefined)
    throw new Error(
      `stages/${name}.yml: ${secret} is a secret, and belongs into the environment or into .env.${name}`,
    );
  const unknown = Object.keys(variables).find((one) => !(one in VARIABLES));
  if (unknown !== undefined) throw new Error(`stages/${name}.yml: nothing reads a variable ${unknown}`);
  return { ...parsed.data, name, namespace: parsed.data.namespace ?? `zhike-${name}` };
}

/** Reads a stage's file. @throws Error as `parseStage`, and when there is none */
export function readStage(name: string, root = ROOT): Stage {
  const stage = StageName.safeParse(name);
  if (!stage.success) throw new Error(`"${name}" is no name of a stage: a-z, 0-9 and -, at most 21`);
  const file = stageFileOf(name, root);
  if (!existsSync(file)) throw new Error(`there is no stages/${name}.yml: npm run stage -- new ${name}`);
  return parseStage(name, readFileSync(file, 'utf8'));
}

/**
 * What is in the stage's secret file, and of the environment of who deploys what is a secret. The environment counts
 * more. Nothing else of it is taken, because a laptop's own settings stand there too.
 */
export function secretsOf(name: string, environment: Environment, root = ROOT): Environment {
  const file = secretFileOf(name, root);
  const kept = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const names = [...SECRET_NAMES, ...DEPLOYER_NAMES];
  return { ...kept, ...Object.fromEntries(names.map((one) => [one, environment[one] || kept[one]])) };
}

/** The product's variables of a stage: those of its file, its secrets, and what follows from the rest. */
export function variablesOf(stage: Stage, secrets: Environment): Readonly<Record<string, string>> {
  const all: Record<string, string | undefined> = {
    BUS: 'invoke',
    WXPAY_NOTIFY_URL: `${stage.url}/api/pay/notify`,
    ...stage.variables,
    ...Object.fromEntries(Object.entries(secrets).filter(([name, value]) => name in VARIABLES && value)),
    STAGE: stage.name,
  };
  const set = Object.entries(all).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return Object.fromEntries(set);
}
