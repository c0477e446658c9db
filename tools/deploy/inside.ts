/**
 * Commands that run inside a stage, by its unit `ops`. No laptop reaches the database of a shop in the cloud, so what
 * these commands do on a store is done there, and what they ask of people is asked here.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { cosFiles } from '../../shared/adapters/cos/files.ts';
import { httpSend } from '../../shared/adapters/http/nodeRequest.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { keySecrets } from '../../shared/adapters/process/secrets.ts';
import type { Environment } from '../../shared/adapters/process/variables.ts';
import { Backup } from '../../shared/commands/backup.ts';
import { hasParts, readParts, storeParts } from '../../shared/commands/backupParts.ts';
import { bucketObjects, type Objects } from '../../shared/commands/objects.ts';
import { type OpsAnswer, type OpsCall, openAnswer, sealCall } from '../../shared/commands/opsCall.ts';
import type { Secrets } from '../../shared/ports/secrets.ts';
import { type Cloud, CloudError, tencentCloud } from './cloud.ts';
import { OPS } from './desired.ts';
import { accessOf, knownOf } from './known.ts';

/** A stage, as its operator reaches it. */
export interface Inside {
  readonly cloud: Cloud;
  readonly namespace: string;
  /** Under the stage's `CONFIG_KEY`. */
  readonly secrets: Secrets;
  readonly objects: Objects;
  readonly pause: (ms: number) => Promise<void>;
}

/** Reads `stages/<name>.yml` and its secrets. @throws Error that says what is missing */
export function insideOf(name: string, environment: Environment, root: string): Inside {
  const { stage, secrets, variables } = knownOf(name, environment, root);
  const { CONFIG_KEY: key, MEDIA_HOST: host } = variables;
  if (!key || !host) throw new Error(`${key ? 'MEDIA_HOST' : 'CONFIG_KEY'} of the stage ${name} is not set`);
  const { secretId, secretKey, token, ...access } = accessOf(stage, secrets);
  const credentials = { secretId, secretKey, token };
  const files = cosFiles({ host, credentials: () => credentials, clock: systemClock, send: httpSend() });
  return {
    cloud: tencentCloud({ ...credentials, ...access }),
    namespace: stage.namespace,
    secrets: keySecrets(key),
    objects: bucketObjects({ files, fetch, now: () => systemClock.now() }),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

/** What goes on when it is called again, because the store says what is left. */
const RESUMED: readonly string[] = ['migrate', 'restore', 'copy'];
const CALLS_MAX = 20;
const POLL_MS = 5_000;

/** No answer came. The command may still run, for 15 minutes at most. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/**
 * Has a command run inside. The platform gives up after five minutes; a command that goes on when it is called again is
 * called again.
 * @throws NoAnswer; a plain Error when there is no such unit, or it refuses the call
 */
export async function invokeOps(
  { cloud, namespace, secrets, pause }: Inside,
  call: OpsCall,
): Promise<OpsAnswer> {
  for (let calls = 1; ; calls += 1) {
    try {
      const { Result } = await cloud.ask('scf', 'InvokeFunction', {
        ...{ FunctionName: OPS, Namespace: namespace, Qualifier: '$DEFAULT' },
        Event: JSON.stringify(sealCall(secrets, call, systemClock.now())),
      });
      if (Result?.ErrMsg) throw new Error(`ops ${call.command}: ${Result.ErrMsg}`);
      return openAnswer(secrets, JSON.parse(Result?.RetMsg ?? ''));
    } catch (caught) {
      if (!(caught instanceof CloudError) || !caught.isUnknown) throw caught;
      if (RESUMED.includes(call.command) && calls < CALLS_MAX) {
        await pause(POLL_MS);
        continue;
      }
      const text = `ops ${call.command} has not answered in time, and may still run: ${caught.message}`;
      throw new NoAnswer(text, { cause: caught });
    }
  }
}

/** The same, told to people: each line, and the exit code. */
export async function runInside(
  stage: string,
  root: string,
  call: Omit<OpsCall, 'values'> & Partial<Pick<OpsCall, 'values'>>,
): Promise<number> {
  const { lines, isRight } = await invokeOps(insideOf(stage, process.env, root), { values: {}, ...call });
  for (const line of lines) console.log(line);
  return isRight ? 0 : 1;
}

/** A function runs for 15 minutes at most. */
const POLLS_MAX = 180;

/** Has a backup made, waits for it also when no answer comes, and fetches it into a new file. */
export async function backUpInside(inside: Inside, path: string, key: Buffer): Promise<OpsAnswer> {
  const at = new Date(systemClock.now()).toISOString().slice(0, 19).replace(/\D/g, '');
  const name = `${at}-${randomBytes(4).toString('hex')}`;
  const values = { BACKUP_KEY: key.toString('base64') };
  const answer = await invokeOps(inside, { command: 'backup', args: [name], values }).catch(
    async (caught): Promise<OpsAnswer> => {
      if (!(caught instanceof NoAnswer)) throw caught;
      for (let polls = 1; !(await hasParts(inside.objects, name)); polls += 1) {
        if (polls === POLLS_MAX) throw caught;
        await inside.pause(POLL_MS);
      }
      return { lines: ['the backup is complete'], isRight: true };
    },
  );
  if (!(await hasParts(inside.objects, name))) return { ...answer, isRight: false };
  await fetchParts(inside.objects, name, path, key);
  return answer;
}

/** Fetches a backup, and reads it back before it gets its name. */
async function fetchParts(objects: Objects, name: string, path: string, key: Buffer): Promise<void> {
  const draft = `${path}.part`;
  const file = await open(draft, 'wx', 0o600);
  try {
    for await (const part of readParts(objects, name)) await file.write(part);
    await file.sync();
    await new Backup(() => createReadStream(draft), key).verify();
    await link(draft, path);
  } finally {
    await file.close();
    await rm(draft);
  }
}

/** Puts a file into the bucket, under a name of its content, and has it restored. */
export async function restoreInside(inside: Inside, path: string, key: Buffer): Promise<OpsAnswer> {
  await new Backup(() => createReadStream(path), key).verify();
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  const name = `restored-${hash.digest('hex').slice(0, 32)}`;
  if (!(await hasParts(inside.objects, name))) await storeParts(inside.objects, name, piecesOf(path));
  const values = { BACKUP_KEY: key.toString('base64') };
  return invokeOps(inside, { command: 'restore', args: [name], values });
}

async function* piecesOf(path: string): AsyncGenerator<Uint8Array, void> {
  yield* createReadStream(path, { highWaterMark: 1_000_000 });
}
