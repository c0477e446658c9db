/** The built stack of a laptop in processes of its own, with a member of staff for each role. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../../../client/client.ts';
import { makeId } from '../../../client/id.ts';
import type { OrderView } from '../../../client/types.ts';
import { LOCAL_DIST } from '../../../esbuild.config.ts';
import { oneTimeCode, STEP_MS } from '../../../local/authenticator.ts';
import { createForCommand, placeOf } from '../../../local/database.ts';
import { openKeys } from '../../../local/keys.ts';
import { systemClock } from '../../../shared/adapters/process/clock.ts';
import { systemIds } from '../../../shared/adapters/process/ids.ts';
import { scryptPasswords } from '../../../shared/adapters/process/passwords.ts';
import { keySecrets } from '../../../shared/adapters/process/secrets.ts';
import { createStaff, giveFactor } from '../../../shared/flows/identity/appointStaff.ts';
import { exchange, startNode } from '../../load/measure.ts';
import { seeded } from '../../support/seeded.ts';

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
  /** What the rails have in their books. */
  books(): Promise<unknown>;
  /** Somebody new buys the courses that are found by these words, on that platform's rail. */
  buy(name: string, words: readonly string[], platform?: 'web' | 'android'): Promise<OrderView>;
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

const random = seeded(1);

/** How often it is looked whether an order is paid. Each look is a call over HTTP, so they take a moment. */
const LOOKS_MAX = 500;

/** Buys what is found first for each of these words, in one order, and pays it at the phone. */
async function buy(
  { url, post }: Pick<Shop, 'url' | 'post'>,
  name: string,
  words: readonly string[],
  platform: 'web' | 'android',
): Promise<OrderView> {
  const { code } = (await post('/phone/login', { name })) as { code: string };
  let token: string | null = null;
  const client = createClient({ baseUrl: url, token: () => token });
  token = (await client.login({ code })).token;
  const found = await Promise.all(words.map((q) => client.searchCourses({ q })));
  const lines = found.flatMap(({ items }) => items.slice(0, 1).map(({ id }) => ({ productId: id })));
  const asked = { lines, platform, couponId: null, points: 0 };
  const { quote } = await client.quoteOrder(asked);
  const { nowMs } = (await post('/control/clock', { ms: 0 })) as { nowMs: number };
  const orderId = makeId('ord', nowMs, random);
  await client.createOrder({ ...asked, orderId, shownFen: quote.payableFen });
  const { payment } = await client.payOrder({ orderId });
  await post('/phone/pay', { ...payment, name });
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const { order } = await client.getOrder({ orderId });
    if (order.state === 'paid') return order;
  }
  throw new Error(`${orderId} is not paid`);
}

/** Starts it on free ports, with an empty store. */
export async function openShop(): Promise<Shop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zhike-browser-'));
  const appointed = await appoint(dataDir);
  const env = { DATA_DIR: dataDir, PORT: '0', LOG: 'off', CLOCK_FACTOR: '1000', TRUSTED_PROXIES: '1' };
  const running = await startNode(join(LOCAL_DIST, 'start.mjs'), env, ['API']);
  const { API: url = '' } = running.lines;
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
  return {
    url,
    staff: Object.fromEntries(logins) as Record<StaffRole, StaffLogin>,
    post,
    books: async () => JSON.parse((await exchange('GET', `${url}/control/books`, {}, '')).body),
    buy: (name, words, platform = 'web') => buy({ url, post }, name, words, platform),
    close: async () => {
      await running.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
