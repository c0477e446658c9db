/** The built stack of a laptop in processes of its own, with a member of staff for each role. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_DIST } from '../../../esbuild.config.ts';
import { createForCommand, placeOf } from '../../../local/database.ts';
import { openKeys } from '../../../local/keys.ts';
import { systemClock } from '../../../shared/adapters/process/clock.ts';
import { systemIds } from '../../../shared/adapters/process/ids.ts';
import { scryptPasswords } from '../../../shared/adapters/process/passwords.ts';
import { keySecrets } from '../../../shared/adapters/process/secrets.ts';
import { createStaff, giveFactor } from '../../../shared/flows/identity/appointStaff.ts';
import { type Bought, buy, nothingPromised } from '../../load/buyer.ts';
import { exchange, startNode } from '../../load/measure.ts';
import { seeded } from '../../support/seeded.ts';
import { oneTimeCode, STEP_MS } from './oneTimeCode.ts';

/** The roles that log in to the console. */
export const ROLES = ['admin', 'finance', 'support', 'editor'] as const;
export type StaffRole = (typeof ROLES)[number];

/** A member of staff, as they log in. */
export interface StaffLogin {
  readonly userName: string;
  readonly password: string;
  /** A code that has not been used. The clock moves on for it, because each code counts once. */
  code(): Promise<string>;
}

/** The running stack. */
export interface Shop {
  readonly url: string;
  readonly staff: Readonly<Record<StaffRole, StaffLogin>>;
  /** Posts to the phone or to the simulators' controls, and answers the body. */
  post(path: string, body: unknown): Promise<unknown>;
  /** Somebody new buys the course that is found by these words, on that platform's rail. */
  buy(name: string, words: string, platform?: 'web' | 'android'): Promise<Bought>;
  close(): Promise<void>;
}

const PASSWORD = 'three grey herons at dusk';
const JSON_HEADERS = { 'content-type': 'application/json' };

/** Appoints one for each role, as `npm run staff` does. Answers the addresses for their authenticator apps. */
async function appoint(dataDir: string): Promise<readonly (readonly [StaffRole, string])[]> {
  const clock = systemClock;
  const database = await createForCommand(placeOf(dataDir, {}));
  const secrets = keySecrets((await openKeys(dataDir)).secretsKey);
  const ports = { database, ids: systemIds(clock), clock, passwords: scryptPasswords(), secrets };
  const made: [StaffRole, string][] = [];
  for (const role of ROLES) {
    const { id: userId } = await createStaff(ports, { userName: `${role}.li`, password: PASSWORD, role });
    const factor = await giveFactor(ports, { userId, replaces: false });
    made.push([role, factor?.url ?? '']);
  }
  await database.close();
  return made;
}

/** Starts it on free ports, with an empty store. */
export async function openShop(): Promise<Shop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zhike-browser-'));
  const appointed = await appoint(dataDir);
  const env = { DATA_DIR: dataDir, PORT: '0', LOG: 'off', CLOCK_FACTOR: '1000', TRUSTED_PROXIES: '1' };
  const running = await startNode(join(LOCAL_DIST, 'start.mjs'), env, ['API', 'Phone']);
  const { API: url = '', Phone: phone = '' } = running.lines;
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await exchange('POST', url + path, JSON_HEADERS, JSON.stringify(body));
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body);
  };
  const codeOf = async (otpauth: string) => {
    const { nowMs } = (await post('/control/clock', { ms: STEP_MS })) as { nowMs: number };
    return oneTimeCode(otpauth, nowMs);
  };
  const logins = appointed.map(([role, otpauth]) => {
    const login: StaffLogin = {
      userName: `${role}.li`,
      password: PASSWORD,
      code: () => codeOf(otpauth),
    };
    return [role, login] as const;
  });
  const pause = async () => {
    // The answer of a page of the stack itself is what is waited for.
    await exchange('GET', `${url}/figures.json`, {}, '');
  };
  return {
    url,
    staff: Object.fromEntries(logins) as Record<StaffRole, StaffLogin>,
    post,
    buy: (name, words, platform = 'web') => {
      const paying = { platform, withPoints: false };
      const shop = { api: url, phone, words, random: seeded(1), pause, patienceMs: 15_000, paying };
      return buy(shop, nothingPromised(name));
    },
    close: async () => {
      await running.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
