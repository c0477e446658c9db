/** The built stack of a laptop in processes of its own, with a member of staff for each role. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../../../client/client.ts';
import { makeId } from '../../../client/id.ts';
import type { OrderLines, OrderView } from '../../../client/types.ts';
import { LOCAL_DIST } from '../../../esbuild.config.ts';
import { oneTimeCode, STEP_MS } from '../../../local/authenticator.ts';
import { createForCommand, placeOf } from '../../../local/database.ts';
import { openKeys } from '../../../local/keys.ts';
import { systemClock } from '../../../shared/adapters/process/clock.ts';
import { systemIds } from '../../../shared/adapters/process/ids.ts';
import { scryptPasswords } from '../../../shared/adapters/process/passwords.ts';
import { keySecrets } from '../../../shared/adapters/process/secrets.ts';
import { createStaff, giveFactor } from '../../../shared/flows/identity/appointStaff.ts';
import type { Client } from '../../load/buyer.ts';
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
  /** Logs somebody in by WeChat. On the phone at `/app` the same name is the same person. */
  logIn(name: string): Promise<Client>;
  /** Places an order on Android at its price. It is paid at once when that is nothing. */
  place(client: Client, lines: OrderLines): Promise<OrderView>;
  /** Pays it at the phone of whoever has this name. */
  pay(client: Client, name: string, orderId: string): Promise<OrderView>;
  /** Asks until the answer is right. @throws Error when it never is */
  until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T>;
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

/** How often something is asked for that comes by itself. Each look is a call over HTTP, so they take a moment. */
const LOOKS_MAX = 500;

type Till = Pick<Shop, 'url' | 'post'>;

/** Logs somebody in by WeChat. */
async function logIn({ url, post }: Till, name: string): Promise<Client> {
  const { code } = (await post('/phone/login', { name })) as { code: string };
  let token: string | null = null;
  const client = createClient({ baseUrl: url, token: () => token });
  token = (await client.login({ code })).token;
  return client;
}

/** Places an order at its price. It is paid at once when that is nothing. */
async function place(
  { post }: Till,
  client: Client,
  lines: OrderLines,
  platform: 'web' | 'android',
): Promise<OrderView> {
  const asked = { lines, platform, couponId: null, points: 0 };
  const { quote } = await client.quoteOrder(asked);
  const { nowMs } = (await post('/control/clock', { ms: 0 })) as { nowMs: number };
  const orderId = makeId('ord', nowMs, random);
  return (await client.createOrder({ ...asked, orderId, shownFen: quote.payableFen })).order;
}

/** Asks until the answer is right. @throws Error when it never is */
async function until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const answer = await ask();
    if (isRight(answer)) return answer;
  }
  throw new Error(`${LOOKS_MAX} answers were not right`);
}

/** Pays an order at the phone, and waits until it is paid. */
async function pay({ post }: Till, client: Client, name: string, orderId: string): Promise<OrderView> {
  const { payment } = await client.payOrder({ orderId });
  await post('/phone/pay', { ...payment, name });
  const { order } = await until(
    () => client.getOrder({ orderId }),
    (answer) => answer.order.state === 'paid',
  );
  return order;
}

async function linesOf(client: Client, words: readonly string[]): Promise<OrderLines> {
  const found = await Promise.all(words.map((q) => client.searchCourses({ q })));
  return found.flatMap(({ items }) => items.slice(0, 1).map(({ id }) => ({ productId: id })));
}

/**
 * Starts it on free ports, with an empty store. Its clock runs a thousand times as fast, or as fast as said: at 1 an
 * order can be looked at before its time is over.
 */
export async function openShop(clockFactor = 1_000): Promise<Shop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zhike-browser-'));
  const appointed = await appoint(dataDir);
  const env = {
    DATA_DIR: dataDir,
    PORT: '0',
    LOG: 'off',
    CLOCK_FACTOR: String(clockFactor),
    TRUSTED_PROXIES: '1',
  };
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
  const till = { url, post };
  return {
    url,
    staff: Object.fromEntries(logins) as Record<StaffRole, StaffLogin>,
    post,
    books: async () => JSON.parse((await exchange('GET', `${url}/control/books`, {}, '')).body),
    logIn: (name) => logIn(till, name),
    place: (client, lines) => place(till, client, lines, 'android'),
    pay: (client, name, orderId) => pay(till, client, name, orderId),
    until,
    buy: async (name, words, platform = 'web') => {
      const client = await logIn(till, name);
      const { id } = await place(till, client, await linesOf(client, words), platform);
      return pay(till, client, name, id);
    },
    close: async () => {
      await running.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
