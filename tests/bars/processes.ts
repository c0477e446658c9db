/** The product and the simulators as processes of their own, for bars about processes. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeId } from '../../client/id.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';
import { type Client, clientOf } from '../load/buyer.ts';
import { exchange, type Running, startNode } from '../load/measure.ts';
import { type EngineName, type KeptStore, keptStore } from '../support/keptStore.ts';
import { atRest, type Books, Export } from './auditor.ts';

const ROOT = join(__dirname, '..', '..');
/** The programs that `build` has made. */
export const START = join(ROOT, 'dist', 'local', 'start.mjs');

/** The headers of a request. */
export const JSON_HEADERS = { 'content-type': 'application/json' };

/** The running simulators, and where the product keeps its data. */
export interface Outside {
  readonly folder: string;
  readonly store: KeptStore;
  readonly phone: string;
  close(): Promise<void>;
}

/** Builds the programs. */
export function build(): void {
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  execFileSync('npx', ['tsx', 'esbuild.config.ts', '--local'], { cwd: ROOT, stdio: [...stdio] });
}

/**
 * Starts WeChat and both rails, and makes an empty store. Their notices never arrive unless `lose` is set to less
 * than 1.
 */
export async function startOutside(engine: EngineName = 'sqlite'): Promise<Outside> {
  const folder = await mkdtemp(join(tmpdir(), 'zhike-bar-'));
  const env = { ROLE: 'simulators', PORT: '0', DATA_DIR: folder, CLOCK_FACTOR: '100' };
  const running = await startNode(START, env, ['Phone']);
  const phone = running.lines.Phone ?? '';
  await post(`${phone}/control/faults`, { lose: 1 });
  const store = await keptStore(engine, folder);
  return {
    folder,
    store,
    phone,
    close: async () => {
      await running.stop();
      await store.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a product's process has to know. */
export function productEnv({ folder, phone, store }: Outside): Readonly<Record<string, string>> {
  const env = { ...store.env, ROLE: 'product', DATA_DIR: folder, SIMULATORS: phone };
  return { ...env, LOG: 'off', TRUSTED_PROXIES: '1' };
}

/** Starts the product on that port, 0 for any, with other simulators than those if their URL is given. */
export function startProduct(outside: Outside, port: number, simulators = outside.phone): Promise<Running> {
  return startNode(START, { ...productEnv(outside), PORT: String(port), SIMULATORS: simulators }, ['API']);
}

/** Posts, and answers the body. @throws Error unless the status is 200 */
export async function post(url: string, body: unknown): Promise<string> {
  const answer = await exchange('POST', url, JSON_HEADERS, JSON.stringify(body));
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${answer.body}`);
  return answer.body;
}

/** Logs somebody in, from an address of their own. */
export async function logIn(api: string, phone: string, name: string): Promise<Client> {
  const login = JSON.parse(await post(`${phone}/phone/login`, { name })) as { code: string };
  let token: string | null = null;
  const client = clientOf({ api }, () => token, name);
  token = (await client.login({ code: login.code })).token;
  return client;
}

/** Places an order for the first course that costs something, and answers its id. */
export async function placeOrder(client: Client, random: () => number): Promise<string> {
  const course = (await client.listCourses({})).items.find(({ listFen }) => listFen > 0);
  if (course === undefined) throw new Error('nothing costs anything');
  const orderId = makeId('ord', Date.now(), random);
  const asked = { orderId, lines: [{ productId: course.id }], couponId: null, shownFen: course.listFen };
  await client.createOrder(asked);
  return orderId;
}

/** The platforms' books, and who paid. */
export interface PlatformBooks extends Books {
  readonly transactions: readonly (Books['transactions'][number] & { readonly openid: string })[];
}

/** The books of both platforms together. */
export async function booksOf(phone: string): Promise<PlatformBooks> {
  const { body } = await exchange('GET', `${phone}/control/books`);
  const { xpay, ...wxpay } = JSON.parse(body) as PlatformBooks & { readonly xpay: PlatformBooks };
  return {
    transactions: [...wxpay.transactions, ...xpay.transactions],
    refunds: [...wxpay.refunds, ...xpay.refunds],
  };
}

/** The stored documents, read by another process than the one that wrote them. */
export async function readStore({ store }: Outside): Promise<Export> {
  const database = store.open();
  try {
    return await Export.of(database.exportAll());
  } finally {
    await database.close();
  }
}

/** Waits until nothing is wrong, at most so long. Answers what is still wrong. */
export async function auditAtRest(outside: Outside, waitMaxMs: number): Promise<string[]> {
  const untilMs = Date.now() + waitMaxMs;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, SECOND_MS));
    const found = atRest(await readStore(outside), await booksOf(outside.phone));
    if (found.length === 0 || Date.now() > untilMs) return found;
  }
}
