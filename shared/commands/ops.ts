/**
 * The composition of the unit `ops`: commands on a shop, run where the database is. Nobody but the cloud's signed API
 * calls it.
 */
import { cloudbaseDatabase, openCloudbase } from '../adapters/cloudbase/database.ts';
import { reachOf } from '../adapters/cloudbase/reach.ts';
import { cosFiles } from '../adapters/cos/files.ts';
import { httpSend } from '../adapters/http/nodeRequest.ts';
import { mysqlDatabase, openMysql } from '../adapters/mysql/database.ts';
import { systemClock } from '../adapters/process/clock.ts';
import { systemIds } from '../adapters/process/ids.ts';
import { scryptPasswords } from '../adapters/process/passwords.ts';
import { unitVariables } from '../adapters/process/sealed.ts';
import { keySecrets } from '../adapters/process/secrets.ts';
import { type Environment, readVariable } from '../adapters/process/variables.ts';
import { roleCredentials } from '../adapters/tencent/credentials.ts';
import { collections } from '../data/collections.ts';
import { AppError } from '../errors.ts';
import type { Engine } from '../ports/database.ts';
import { UserId } from '../schemas/base.ts';
import { Password, Role, UserName } from '../schemas/identity/user.ts';
import { AuditedStore } from './auditedStore.ts';
import { auditStore } from './auditStore.ts';
import { Backup, backUp } from './backup.ts';
import { BackupName, hasParts, readParts, storeParts } from './backupParts.ts';
import { backupKeyOf } from './backupSeal.ts';
import { copyStore, storeSource } from './copyStore.ts';
import { migrateStore } from './migrate.ts';
import { bucketObjects, type Objects } from './objects.ts';
import { isSealed, OpenCall, type OpsAnswer, type OpsCall, openCall, sealAnswer } from './opsCall.ts';
import { findingLines, probe } from './probe.ts';
import { restore } from './restore.ts';
import { appointStaff } from './staff.ts';
import { KeptHeads, verifyAudit } from './verifyAudit.ts';

/** The unit, and how it reaches the file storage. */
export interface OpsUnit {
  readonly name: string;
  /** The folder of its bundle, where its settings are sealed. */
  readonly folder: string;
  readonly fetch?: typeof fetch;
}

/** What the platform calls. It throws what went wrong, without a secret. */
export type OpsHandler = (event: unknown) => Promise<unknown>;

/** Findings of an audit that are told; the rest is counted. */
const TOLD_MAX = 200;
/** How many connections one run opens. A snapshot has one of its own. */
const CONNECTIONS = 2;

/** A run of one command. */
interface Run {
  readonly environment: Environment;
  readonly store: Engine;
  readonly objects: () => Objects;
  readonly call: OpsCall;
}

type Command = (run: Run) => Promise<OpsAnswer>;

const right = (lines: readonly string[], data?: OpsAnswer['data']): OpsAnswer => ({
  ...{ lines: [...lines], isRight: true },
  ...(data === undefined ? {} : { data }),
});

const ids = systemIds(systemClock);

/** The store at an address: as it is, or laid out. */
function storeAt(url: string, platform: Environment) {
  const given = { collections, random: () => ids.random(), clock: systemClock };
  if (url.startsWith('cloudbase:')) {
    const reach = reachOf(url, { given: readVariable('CLOUDBASE_URL', platform), platform });
    const options = { ...given, ...reach, send: httpSend() };
    return { asItIs: () => cloudbaseDatabase(options), laidOut: () => openCloudbase(options) };
  }
  const options = { ...given, url, connections: CONNECTIONS };
  return { asItIs: () => mysqlDatabase(options), laidOut: () => openMysql(options) };
}

/** The shop's own store. */
function ownStore(environment: Environment): ReturnType<typeof storeAt> {
  return storeAt(readVariable('DATABASE_URL', environment), environment);
}

/** The only text after a name: `--connections 80`. */
function option(args: readonly string[], name: string): string | null {
  const at = args.indexOf(name);
  return at === -1 ? null : (args[at + 1] ?? null);
}

async function runProbe({ environment, call: { args } }: Run): Promise<OpsAnswer> {
  const connections = option(args, '--connections');
  const findings = await probe({
    ...{ environment, send: httpSend(), clock: systemClock, run: ids.make('prb') },
    connections: connections === null ? null : Number(connections),
  });
  const isRight = !findings.some(({ stops }) => stops);
  return { lines: [...findingLines(findings)], isRight, data: JSON.parse(JSON.stringify(findings)) };
}

async function runStaff({ environment, store, call: { values } }: Run): Promise<OpsAnswer> {
  const secrets = keySecrets(...readVariable('SECRETS_KEY', environment));
  const ports = { database: store, ids, clock: systemClock, passwords: scryptPasswords(), secrets };
  const { userName, userId, password, role, replaces } = values;
  const who =
    userId === undefined
      ? { userName: UserName.parse(userName), password: Password.parse(password) }
      : { userId: UserId.parse(userId) };
  const appointment = { who, role: Role.parse(role), replaces: replaces === 'yes' };
  const { line, factor } = await appointStaff(ports, appointment);
  return right(
    [line],
    factor === null ? null : { url: factor.url, recoveryCodes: [...factor.recoveryCodes] },
  );
}

async function runVerifyAudit({ store, call: { values } }: Run): Promise<OpsAnswer> {
  const kept = KeptHeads.parse(JSON.parse(values.kept ?? '{}'));
  const { entries, unchained, problems, heads } = await verifyAudit(store, kept);
  const counted = `${entries} entries, ${unchained} of them outside any chain, ${problems.length} problems`;
  return { lines: [...problems.slice(0, TOLD_MAX), counted], isRight: problems.length === 0, data: heads };
}

async function runAudit({ store }: Run): Promise<OpsAnswer> {
  const audited = new AuditedStore();
  const snapshot = await store.snapshot();
  try {
    for (const collection of collections) {
      for await (const { body } of (snapshot ?? store).exportRaw(collection)) {
        audited.add({ collection: collection.name, doc: JSON.parse(body) });
      }
    }
  } finally {
    await snapshot?.close();
  }
  const { findings, documents } = auditStore(audited);
  const told = findings.slice(0, TOLD_MAX).map(({ rule, about, says }) => `${rule}  ${about}  ${says}`);
  const total = Object.values(documents).reduce((sum, count) => sum + count, 0);
  const lines = [...told, `${total} documents, ${findings.length} findings`];
  return { lines, isRight: findings.length === 0 };
}

async function runBackup({ store, objects, call: { args, values } }: Run): Promise<OpsAnswer> {
  const name = BackupName.parse(args[0]);
  const key = backupKeyOf(values.BACKUP_KEY);
  const bucket = objects();
  const bytes = backUp({ store, collections, key, now: systemClock.now() });
  const { documents, digests, head } = await storeParts(bucket, name, bytes);
  const { problems } = head.audit;
  const lines = [...problems.slice(0, TOLD_MAX), `${digests.size} collections, ${documents} documents`];
  return { lines, isRight: problems.length === 0 };
}

async function runRestore({ environment, store, objects, call: { args, values } }: Run): Promise<OpsAnswer> {
  const name = BackupName.parse(args[0]);
  const bucket = objects();
  if (!(await hasParts(bucket, name))) throw new Error(`there is no complete backup ${name} in the bucket`);
  const backup = new Backup(() => readParts(bucket, name), backupKeyOf(values.BACKUP_KEY));
  await backup.head();
  // A database that was just made has no tables.
  await (await ownStore(environment).laidOut()).close();
  const { documents, added, head } = await restore({
    backup,
    target: store,
    collections,
    tell: () => undefined,
  });
  const at = new Date(head.atMs).toISOString();
  return right([`the store is as it was at ${at}: ${documents} documents, ${added} of them new`]);
}

async function runCopy({ environment, store, call: { values } }: Run): Promise<OpsAnswer> {
  const to = readVariable('DATABASE_URL', { DATABASE_URL: values.to });
  const target = await storeAt(to, environment).laidOut();
  try {
    const lines: string[] = [];
    const source = storeSource(store, collections);
    const { documents, added } = await copyStore({
      source,
      target,
      collections,
      tell: (line) => lines.push(line),
    });
    return right([...lines, `${documents} documents, the same on both sides: ${added} were copied`]);
  } finally {
    await target.close();
  }
}

const COMMANDS: Readonly<Record<string, Command>> = {
  migrate: async ({ store, call: { args } }) => {
    const isOldGone = args.includes('--old-is-gone');
    return right(await migrateStore(store, { isOldGone, now: systemClock.now() }));
  },
  probe: runProbe,
  staff: runStaff,
  audit: runAudit,
  'verify-audit': runVerifyAudit,
  backup: runBackup,
  restore: runRestore,
  copy: runCopy,
};

/** Runs one command. Its error is told in words of ours, or by its code. */
async function perform(call: OpsCall, environment: Environment, unit: OpsUnit): Promise<OpsAnswer> {
  const command = Object.hasOwn(COMMANDS, call.command) ? COMMANDS[call.command] : undefined;
  if (command === undefined) throw new Error(`there is no command ${call.command}`);
  const store = ownStore(environment).asItIs();
  const objects = () => {
    const files = cosFiles({
      host: readVariable('MEDIA_HOST', environment),
      credentials: () => roleCredentials(environment),
      clock: systemClock,
      send: httpSend(),
    });
    return bucketObjects({ files, fetch: unit.fetch ?? fetch, now: () => systemClock.now() });
  };
  try {
    return await command({ environment, store, objects, call });
  } finally {
    await store.close();
  }
}

/** What the caller is told of a failure. */
function told(caught: unknown): string {
  if (caught instanceof AppError)
    return `${caught.code}${caught.detail === null ? '' : `: ${caught.detail}`}`;
  return caught instanceof Error ? caught.message : 'unknown';
}

/**
 * The handler. A call that is not sealed may only be one of a deployment, and answers its lines; when something stops,
 * it throws them. A sealed call gets a sealed answer, also when it fails.
 */
export function ops(platform: Environment, unit: OpsUnit): OpsHandler {
  return async (event) => {
    const environment = { ...platform, ...unitVariables(platform, unit.name, unit.folder) };
    if (!isSealed(event)) {
      const { command, args } = OpenCall.parse(event);
      const answer = await perform({ command, args, values: {} }, environment, unit).catch((caught) => {
        throw new Error(told(caught));
      });
      if (!answer.isRight && !args.includes('--tell')) throw new Error(answer.lines.join('\n'));
      return { lines: answer.lines, data: answer.data ?? null };
    }
    const key = readVariable('CONFIG_KEY', platform);
    if (key === null) throw new Error('CONFIG_KEY is not set, and the call is sealed');
    const secrets = keySecrets(key);
    const call = openCall(secrets, event, systemClock.now());
    const answer = await perform(call, environment, unit).catch(
      (caught): OpsAnswer => ({ lines: [told(caught)], isRight: false }),
    );
    return sealAnswer(secrets, answer);
  };
}
