import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../../client/client.ts';
import { keptClock, type MovableClock, movableClock } from '../../local/clock.ts';
import { freePort } from '../../local/freePort.ts';
import { openKeys } from '../../local/keys.ts';
import { type Product, startProduct } from '../../local/product.ts';
import { type ServedSimulators, serveSimulators } from '../../local/simulators/serve.ts';
import { openStaff, type ShownStaff } from '../../local/staff.ts';
import { DEFAULT_PACES } from '../../shared/domain/payments/pace.ts';
import { DEFAULT_SELLING } from '../../shared/domain/pricing/selling.ts';
import { DEFAULT_TALK } from '../../shared/domain/talk/talk.ts';
import { exchange } from '../load/measure.ts';
import { keys as madeKeys } from '../support/keys.ts';

interface Logins {
  readonly nowMs: number;
  readonly leftMs: number;
  readonly logins: readonly { readonly userName: string; readonly password: string; readonly code: string }[];
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zhike-staff-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const fileOf = () => join(folder, 'zhike.db');
const open = (file = fileOf()) =>
  openStaff({
    ...{ dataDir: folder, place: { file }, clock: movableClock(0) },
    keys: { secretsKey: Buffer.alloc(32, 7).toString('base64') },
  });

describe('the staff of a new shop', () => {
  test('one for each role is made once, with a password of their own that only the owner may read', async () => {
    const first = await open();
    expect(await open()).toEqual(first);
    const members = first as Exclude<ShownStaff, string>;
    expect(members.map(({ role }) => role)).toEqual(['admin', 'finance', 'support', 'editor']);
    expect(new Set(members.flatMap(({ password, app }) => [password, app])).size).toBe(8);
    expect(statSync(join(folder, 'staff.json')).mode & 0o777).toBe(0o600);
  });

  test('a start that is cut off is gone on with: nobody is made twice, and everybody has an app', async () => {
    const first = (await open()) as Exclude<ShownStaff, string>;
    const file = join(folder, 'staff.json');
    // The second was made and its answer was not kept, and so for those after it.
    const kept = first.map((member, at) => (at === 0 ? member : { ...member, app: null }));
    writeFileSync(file, JSON.stringify(kept));
    const next = (await open()) as Exclude<ShownStaff, string>;
    expect(next.map(({ password }) => password)).toEqual(first.map(({ password }) => password));
    expect(next[0]).toEqual(first[0]);
    expect(next.every(({ app }) => app.startsWith('otpauth://totp/'))).toBe(true);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(next);
  });

  test('a shop that was there before, or whose database is somebody else’s, gets none', async () => {
    expect(await open(join(folder, 'other.db'))).toBe('elsewhere');
    writeFileSync(fileOf(), '');
    expect(await open()).toBe('older');
  });
});

test('a clock that was moved stands there after the next start', () => {
  const file = join(folder, 'clock.json');
  keptClock(file).move(86_400_000);
  keptClock(file).move(1_000);
  const ahead = keptClock(file).now() - Date.now();
  expect(Math.round(ahead / 10_000)).toBe(8_640);
});

describe('at the running shop', () => {
  let clock: MovableClock;
  let outside: ServedSimulators;
  let product: Product;

  async function start(isWanted: boolean): Promise<void> {
    clock = movableClock(0);
    const keys = await openKeys(folder, () => madeKeys);
    const place = { file: fileOf() };
    const staff = isWanted ? await openStaff({ dataDir: folder, place, keys, clock }) : 'off';
    outside = await serveSimulators({ keys: keys.simulators, port: 0, clockFactor: 20, clock });
    product = await startProduct({
      ...{ dataDir: folder, store: place, cacheUrl: null, port: await freePort(), keys, staff, clock },
      ...{ wechatUrl: outside.url, wechatPayUrl: outside.url, clockFactor: 20, isLogging: false },
      ...{ corsOrigins: ['https://console.example.com'], trustedProxies: 0, metricsToken: null },
      ...{ paces: DEFAULT_PACES, selling: DEFAULT_SELLING, talk: DEFAULT_TALK, templates: {}, around: null },
    });
  }
  afterEach(async () => {
    await product.close();
    await outside.close();
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    exchange('GET', `${product.url}${path}`, headers, '');

  test('the logins that are shown let in, also after the clock was moved', async () => {
    await start(true);
    const page = await get('/');
    for (const turn of [0, 1, 2, 3]) {
      const { logins, leftMs } = JSON.parse((await get('/staff.json')).body) as Logins;
      expect(leftMs).toBeGreaterThan(0);
      const { userName = '', password = '', code = '' } = logins[turn] ?? {};
      expect(page.body).toContain(userName);
      expect(page.body).not.toContain(password);
      let token: string | null = null;
      const given = { baseUrl: product.url, token: () => token };
      const client = createClient(given);
      ({ token } = await client.loginWithPassword({
        ...{ userName, password },
        secondFactor: { oneTimeCode: code },
      }));
      expect((await client.getMe()).role).toBe(['admin', 'finance', 'support', 'editor'][turn]);
      clock.move(86_400_000);
    }
  });

  test('pages of other origins do not get them', async () => {
    await start(true);
    const host = new URL(product.url).host;
    for (const headers of [
      { origin: 'https://console.example.com' },
      { origin: 'http://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { host: `evil.example:${new URL(product.url).port}` },
    ]) {
      const refused = await get('/staff.json', headers as Record<string, string>);
      expect(refused.status).toBe(403);
      expect(refused.body).toBe('{"error":"not for pages of others"}');
    }
    expect(
      (await get('/staff.json', { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).status,
    ).toBe(200);
  });

  test('where none are wanted there is nothing: no staff, no file, no answer', async () => {
    await start(false);
    expect((await get('/staff.json')).status).toBe(404);
    expect((await get('/')).body).not.toContain('以谁的身份');
    expect(() => statSync(join(folder, 'staff.json'))).toThrow('ENOENT');
  });
});
