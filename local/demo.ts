/**
 * A buyer's and learner's journey against the whole local stack in a process of its own: what they buy and write is
 * done in the built mini-program on the simulated phone, without a screen, and the rest over HTTP. Prints one line for
 * each step, with its time, and ends everything that it started. With `DATABASE_URL` its documents are in that
 * database, which must be empty and is emptied again.
 *
 * Exit code 0 when every step was right; 1 at the first that was not.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../client/client.ts';
import { createStaffClient } from '../client/staff.ts';
import { serverOf } from '../shared/adapters/mysql/address.ts';
import { Link } from '../shared/adapters/mysql/link.ts';
import { name } from '../shared/adapters/mysql/literal.ts';
import { systemClock } from '../shared/adapters/process/clock.ts';
import { systemIds } from '../shared/adapters/process/ids.ts';
import { scryptPasswords } from '../shared/adapters/process/passwords.ts';
import { keySecrets } from '../shared/adapters/process/secrets.ts';
import { createStaff, giveFactor } from '../shared/flows/identity/appointStaff.ts';
import { createForCommand, placeOf } from './database.ts';
import { buying } from './demo/buying.ts';
import { learning } from './demo/learning.ts';
import { reconciling } from './demo/reconciling.ts';
import { post, type Step, WAIT_MAX_MS, Wrong } from './demo/step.ts';
import { openKeys } from './keys.ts';
import { type DrivenPhone, openPhone } from './phone/driver.ts';

/** The tables of the database on a MySQL server, and what becomes of them; none where the documents are elsewhere. */
async function tablesOnServer(dataDir: string, how: 'count' | 'drop'): Promise<number> {
  const place = placeOf(dataDir, process.env);
  if (!('server' in place)) return 0;
  const link = await Link.connect(serverOf(place.server));
  const ask = (sql: string) => link.ask(sql, { statements: 1, timeoutMs: WAIT_MAX_MS });
  const [tables = []] = await ask('SHOW TABLES');
  if (how === 'drop') for (const [table] of tables) await ask(`DROP TABLE ${name(String(table))}`);
  link.close();
  return tables.length;
}

/** The owner's licence lets WeChat Pay sell courses in the mini-program. E-books go by virtual payment. */
const SELLING = JSON.stringify({ wxpayKindsInMiniProgram: ['course'] });

/** Starts the stack on free ports. */
function startStack(dataDir: string) {
  return spawn(process.execPath, [join(__dirname, 'start.mjs')], {
    env: { ...process.env, DATA_DIR: dataDir, PORT: '0', LOG: 'off', STAFF: 'off', SELLING },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
type Stack = ReturnType<typeof startStack>;

const STAFF = { userName: 'owner.li', password: 'three grey herons at dusk' };

/**
 * Appoints the owner of the shop, as `npm run staff` does, before the stack starts. Answers recovery codes, each of
 * which works once as their second factor.
 */
async function appointOwner(dataDir: string): Promise<readonly string[]> {
  const clock = systemClock;
  const ids = systemIds(clock);
  const database = await createForCommand(placeOf(dataDir, process.env));
  const secrets = keySecrets((await openKeys(dataDir)).secretsKey);
  const ports = { database, ids, clock, passwords: scryptPasswords(), secrets };
  const { id: userId } = await createStaff(ports, { ...STAFF, role: 'admin' });
  const factor = await giveFactor(ports, { userId, replaces: false });
  await database.close();
  return factor?.recoveryCodes ?? [];
}

/** Waits until the stack prints its addresses, and answers them. */
function addressesOf(stack: Stack): Promise<{ api: string; phone: string }> {
  let seen = '';
  return new Promise((resolve, reject) => {
    stack.once('exit', (code) => reject(new Wrong(`the stack ended with ${code}`)));
    setTimeout(
      () => reject(new Wrong(`the stack did not start within ${WAIT_MAX_MS / 1000} s`)),
      WAIT_MAX_MS,
    ).unref();
    stack.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      const api = /API +(http\S+)/.exec(seen)?.[1];
      const phone = /Phone +(http\S+)/.exec(seen)?.[1];
      if (api !== undefined && phone !== undefined) resolve({ api, phone });
    });
  });
}

/** Ends the stack and deletes its data, on a server too. Safe to repeat. */
async function end(stack: Stack, dataDir: string): Promise<void> {
  if (stack.exitCode === null && stack.signalCode === null) {
    await new Promise<void>((resolve) => {
      stack.once('exit', () => resolve());
      stack.kill('SIGTERM');
    });
  }
  await tablesOnServer(dataDir, 'drop');
  await rm(dataDir, { recursive: true, force: true });
}

const BUYER = 'xiaoming';

/** The buyer's phone with the built mini-program on it, and the session that it keeps. */
interface BuyersPhone {
  readonly own: DrivenPhone;
  token(): string | null;
}

async function openBuyersPhone(api: string, simulators: string): Promise<BuyersPhone> {
  const memories = new Map<string, Map<string, string>>();
  const own = await openPhone({
    script: await readFile(join(__dirname, 'app', 'miniprogram.js'), 'utf8'),
    path: '/pages/me/me',
    settings: { who: BUYER },
    memories,
    now: Date.now,
    simulate: (path, body) => post(`${simulators}${path}`, body),
    send: async ({ method, url, headers, body }) => {
      const answer = await fetch(`${api}${url}`, { method, headers, body });
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: await answer.text(),
      };
    },
  });
  const token = () => {
    const kept = memories.get(BUYER)?.get('session');
    return kept === undefined ? null : (JSON.parse(kept) as { readonly token: string }).token;
  };
  return { own, token };
}

/** The owner in the console, who logs in with one recovery code after the other. */
function openConsole(api: string, recoveryCodes: readonly string[]) {
  let token: string | null = null;
  const codes = recoveryCodes.values();
  const client = createStaffClient({ baseUrl: api, token: () => token });
  const logIn = async () => {
    const secondFactor = { recoveryCode: codes.next().value ?? '' };
    token = (await client.loginWithPassword({ ...STAFF, secondFactor })).token;
  };
  return { client, logIn };
}

/** Another learner, who has logged in. */
async function openOther(api: string, simulators: string) {
  let token: string | null = null;
  const client = createClient({ baseUrl: api, token: () => token });
  const { code } = await post<{ readonly code: string }>(`${simulators}/phone/login`, { name: 'xiaohong' });
  token = (await client.login({ code })).token;
  return client;
}

/** All steps, in order. */
async function stepsOf(
  api: string,
  simulators: string,
  recoveryCodes: readonly string[],
): Promise<readonly Step[]> {
  const { own: phone, token } = await openBuyersPhone(api, simulators);
  const client = createClient({ baseUrl: api, token });
  const other = await openOther(api, simulators);
  const { client: staff, logIn } = openConsole(api, recoveryCodes);
  await logIn();
  return [
    ...buying(client, phone),
    ...learning({ client, phone, other, staff, logIn, simulators }),
    ...reconciling(staff, { simulators, logIn }),
  ];
}

async function main(): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zhike-demo-'));
  if ((await tablesOnServer(dataDir, 'count')) > 0)
    throw new Error('The demo needs a database that is empty.');
  const recoveryCodes = await appointOwner(dataDir);
  const began = performance.now();
  const stack = startStack(dataDir);
  process.once('SIGINT', () => void end(stack, dataDir).finally(() => process.exit(130)));
  try {
    const { api, phone } = await addressesOf(stack);
    console.log(`知课 · the whole stack at ${api}, up in ${Math.round(performance.now() - began)} ms\n`);
    const steps = await stepsOf(api, phone, recoveryCodes);
    for (const [index, [title, step]] of steps.entries()) {
      const from = performance.now();
      try {
        const shown = await step();
        console.log(
          `✓ ${String(index + 1).padStart(2)} ${title} — ${shown} (${Math.round(performance.now() - from)} ms)`,
        );
      } catch (caught) {
        console.error(
          `✗ ${String(index + 1).padStart(2)} ${title} — ${caught instanceof Error ? caught.message : String(caught)}`,
        );
        return 1;
      }
    }
    console.log(`\nDone: ${steps.length} steps in ${Math.round(performance.now() - began)} ms.`);
    return 0;
  } finally {
    await end(stack, dataDir);
  }
}

main().then(
  (code) => process.exit(code),
  (caught: unknown) => {
    console.error(caught instanceof Error ? caught.message : String(caught));
    process.exit(1);
  },
);
