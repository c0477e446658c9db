/**
 * Makes members of staff on a data folder, also while the product runs on it:
 *
 *   npm run staff -- --username <name> --role <role>   somebody new; asks for a password, or takes STAFF_PASSWORD
 *   npm run staff -- --user <id> --role <role>         another role for somebody who is there
 *
 * `--data <folder>` says which, otherwise `DATA_DIR`, otherwise `.data`. A password is never an argument, where every
 * process of the machine could read it, and there is no default one.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { systemClock } from '../shared/adapters/clock.system.ts';
import { sqliteDatabase } from '../shared/adapters/database.sqlite.ts';
import { systemIds } from '../shared/adapters/ids.system.ts';
import { scryptPasswords } from '../shared/adapters/passwords.scrypt.ts';
import { collections } from '../shared/data/collections.ts';
import { AppError } from '../shared/errors.ts';
import { createStaff, setRole } from '../shared/flows/appointStaff.ts';
import { UserId } from '../shared/schemas/base.ts';
import { Password, Role, type User, UserName } from '../shared/schemas/user.ts';

const USAGE = `usage: npm run staff -- [--data <folder>] --username <name> --role <role>
       npm run staff -- [--data <folder>] --user <id> --role <role>
roles: ${Role.options.join(' ')}`;

/** Whom it is about: a name that is to be new, or somebody who is there. */
type Who = { readonly userName: string } | { readonly userId: UserId };

interface Asked {
  readonly dataDir: string;
  readonly who: Who;
  readonly role: Role;
}

/** What the command line asks for, or null when it is not understood. */
function parseCommand(args: string[]): Asked | null {
  const option = { type: 'string' } as const;
  const help = { type: 'boolean' } as const;
  const options = { data: option, username: option, user: option, role: option, help };
  const { values } = parseArgs({ args, options });
  const role = Role.safeParse(values.role).data;
  const userName = UserName.safeParse(values.username).data;
  const userId = UserId.safeParse(values.user).data;
  const dataDir = resolve(values.data ?? process.env.DATA_DIR ?? '.data');
  const isOne = (values.username === undefined) !== (values.user === undefined);
  if (values.help || role === undefined || !isOne) return null;
  if (userName !== undefined) return { dataDir, who: { userName }, role };
  return userId === undefined ? null : { dataDir, who: { userId }, role };
}

/** Asks without showing what is typed; without a terminal, the first line of the input. */
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

async function act({ dataDir, who, role }: Asked): Promise<User> {
  const path = join(dataDir, 'zhike.db');
  if (!existsSync(path))
    throw new Error(`there is no ${path}: start the product once, or name another folder`);
  const ids = systemIds(systemClock);
  const database = sqliteDatabase({ path, collections, random: () => ids.random() });
  const ports = { database, ids, clock: systemClock, passwords: scryptPasswords() };
  try {
    if ('userId' in who) return await setRole(ports, { userId: who.userId, role });
    const password = Password.parse(await askPassword());
    return await createStaff(ports, { userName: who.userName, password, role });
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
  const user = await act(asked);
  console.log(`${user.id} ${user.nickname}: ${user.role}`);
  return 0;
}

main().then(
  (code) => process.exit(code),
  (caught: unknown) => {
    const params = caught instanceof AppError ? ` ${JSON.stringify(caught.params)}` : '';
    console.error(`${caught instanceof Error ? caught.message : String(caught)}${params}`);
    process.exit(1);
  },
);
