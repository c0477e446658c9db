/**
 * Appoints staff in a store, and checks the audit log, also while the product runs on it:
 *
 *   npm run staff -- --username <name> --role <role>   a new user; asks for a password, or takes STAFF_PASSWORD
 *   npm run staff -- --user <id> --role <role>         another role for an existing user, or the one that they have
 *   npm run staff -- verify-audit [--kept <file>]      whether the audit log is as it was written
 *
 * Staff can do nothing without a second factor. A user without one gets one: the address for an authenticator app, as
 * text and as a QR code, and the recovery codes. They are printed once and stored nowhere. `--new-factor` replaces a
 * lost factor and ends the user's sessions.
 *
 * `verify-audit` prints the ends of the log's chains. Keep them outside the database: given to a later run by `--kept`,
 * they also show what was cut off.
 *
 * `--data <folder>` is the data folder; the default is `DATA_DIR`, then `.data`. Where `DATABASE_URL` is set, the store
 * is there, and only the keys are in the folder. `--stage <name>` acts in the cloud. A password is never an argument,
 * because every process of the machine could read it. There is no default password.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { renderUnicodeCompact } from 'uqr';
import * as z from 'zod';
import { openForCommand, placeOf } from '../local/database.ts';
import { openKeys } from '../local/keys.ts';
import { systemClock } from '../shared/adapters/process/clock.ts';
import { systemIds } from '../shared/adapters/process/ids.ts';
import { scryptPasswords } from '../shared/adapters/process/passwords.ts';
import { keySecrets } from '../shared/adapters/process/secrets.ts';
import { appointStaff, type Appointment as GivenAppointment } from '../shared/commands/staff.ts';
import { KeptHeads, verifyAudit } from '../shared/commands/verifyAudit.ts';
import { AppError } from '../shared/errors.ts';
import type { NewFactor } from '../shared/flows/identity/appointStaff.ts';
import type { Database } from '../shared/ports/database.ts';
import { UserId } from '../shared/schemas/base.ts';
import { Password, Role, UserName } from '../shared/schemas/identity/user.ts';

const USAGE = `usage: npm run staff -- [--data <folder> | --stage <name>] --username <name> --role <role>
       npm run staff -- [--data <folder> | --stage <name>] --user <id> --role <role> [--new-factor]
       npm run staff -- verify-audit [--data <folder> | --stage <name>] [--kept <file>]
roles: ${Role.options.join(' ')}`;

/** The user: a name for a new one, or the id of an existing one. */
type Who = { readonly userName: string } | { readonly userId: UserId };

interface Appointment {
  readonly who: Who;
  readonly role: Role;
  /** Whether an existing second factor is replaced. */
  readonly replaces: boolean;
}

interface Asked {
  readonly dataDir: string;
  /** A stage in the cloud; null for the store here. */
  readonly stage: string | null;
  /** What to do. `kept` is the file with the ends of an earlier run, or null. */
  readonly what: Appointment | { readonly kept: string | null };
}

/** The parsed command line, or null when it is not understood. */
function parseCommand(args: string[]): Asked | null {
  const option = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const texts = { data: option, stage: option, username: option, user: option, role: option, kept: option };
  const options = { ...texts, 'new-factor': flag, help: flag };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const role = Role.safeParse(values.role).data;
  const userName = UserName.safeParse(values.username).data;
  const userId = UserId.safeParse(values.user).data;
  const dataDir = resolve(values.data ?? process.env.DATA_DIR ?? '.data');
  const place = { dataDir, stage: values.stage ?? null };
  if (positionals[0] === 'verify-audit') {
    const isPlain = positionals.length === 1 && !values.username && !values.user && !values.role;
    return isPlain && !values.help ? { ...place, what: { kept: values.kept ?? null } } : null;
  }
  const isOne = (values.username === undefined) !== (values.user === undefined);
  if (values.help || role === undefined || !isOne || positionals.length > 0 || values.kept) return null;
  const replaces = values['new-factor'] === true;
  if (userName !== undefined) return { ...place, what: { who: { userName }, role, replaces } };
  return userId === undefined ? null : { ...place, what: { who: { userId }, role, replaces } };
}

/** Asks for a password without showing it. Without a terminal, it reads the first line of the input. */
async function askPassword(): Promise<string> {
  const fromEnvironment = process.env.STAFF_PASSWORD;
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (process.stdin.isTTY) process.stderr.write('Password: ');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: process.stdin.isTTY });
  try {
    for await (const line of lines) return line;
    throw new Error('no password was given');
  } finally {
    lines.close();
    if (process.stdin.isTTY) process.stderr.write('\n');
  }
}

/** The same, with a password for a new user. */
async function withPassword({ who, ...rest }: Appointment): Promise<GivenAppointment> {
  if ('userId' in who) return { who, ...rest };
  return { who: { ...who, password: Password.parse(await askPassword()) }, ...rest };
}

/** Prints a factor. It is meant for the person at the terminal only, and is not stored or logged. */
function showFactor({ url, recoveryCodes }: NewFactor): void {
  console.log('\nSecond factor, shown once. Scan this with an authenticator app:\n');
  console.log(renderUnicodeCompact(url));
  console.log(`\n${url}\n\nRecovery codes, each good once in place of the app:\n${recoveryCodes.join('\n')}`);
}

function keptText(keptFile: string | null): string {
  return keptFile === null ? '{}' : readFileSync(keptFile, 'utf8');
}

/** Prints the result for people, and the ends for the next run. Answers 1 when something is wrong, else 0. */
async function verify(database: Database, keptFile: string | null): Promise<number> {
  const kept = KeptHeads.parse(JSON.parse(keptText(keptFile)));
  const { entries, unchained, problems, heads } = await verifyAudit(database, kept);
  for (const problem of problems) console.error(problem);
  console.error(`${entries} entries, ${unchained} of them outside any chain, ${problems.length} problems`);
  console.log(JSON.stringify(heads));
  return problems.length === 0 ? 0 : 1;
}

const Factor = z.object({ url: z.string(), recoveryCodes: z.array(z.string()) }).nullable();

/** The same in a stage in the cloud. The password and the factor are sealed on their way. */
async function actInside(stage: string, what: Asked['what']): Promise<number> {
  const { insideOf, invokeOps } = await import('./deploy/inside.ts');
  const inside = insideOf(stage, process.env, process.cwd());
  if ('kept' in what) {
    const values = { kept: keptText(what.kept) };
    const { lines, isRight, data } = await invokeOps(inside, { command: 'verify-audit', args: [], values });
    for (const line of lines) console.error(line);
    if (data !== undefined) console.log(JSON.stringify(data));
    return isRight ? 0 : 1;
  }
  const { who, role, replaces } = await withPassword(what);
  const values = { ...who, role, replaces: replaces ? 'yes' : 'no' };
  const { lines, isRight, data } = await invokeOps(inside, { command: 'staff', args: [], values });
  for (const line of lines) console.log(line);
  const factor = isRight ? Factor.parse(data) : null;
  if (factor !== null) showFactor(factor);
  return isRight ? 0 : 1;
}

async function act({ dataDir, stage, what }: Asked): Promise<number> {
  if (stage !== null) return actInside(stage, what);
  const database = openForCommand(placeOf(dataDir, process.env));
  const ids = systemIds(systemClock);
  try {
    if ('kept' in what) return await verify(database, what.kept);
    const secrets = keySecrets((await openKeys(dataDir)).secretsKey);
    const ports = { database, ids, clock: systemClock, passwords: scryptPasswords(), secrets };
    const { line, factor } = await appointStaff(ports, await withPassword(what));
    console.log(line);
    if (factor !== null) showFactor(factor);
    return 0;
  } finally {
    await database.close();
  }
}

async function main(): Promise<number> {
  const asked = parseCommand(process.argv.slice(2));
  if (asked === null) {
    console.error(USAGE);
    return 2;
  }
  return act(asked);
}

main().then(
  (code) => process.exit(code),
  (caught: unknown) => {
    const params = caught instanceof AppError ? ` ${JSON.stringify(caught.params)}` : '';
    console.error(`${caught instanceof Error ? caught.message : String(caught)}${params}`);
    process.exit(1);
  },
);
