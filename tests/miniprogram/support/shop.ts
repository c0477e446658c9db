/** The whole local stack with the built mini-program, and people with phones. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../../../client/client.ts';
import { createStaffClient, type StaffClient } from '../../../client/staff.ts';
import { createForCommand, placeOf } from '../../../local/database.ts';
import { openKeys } from '../../../local/keys.ts';
import { type DrivenPhone, openPhone } from '../../../local/phone/driver.ts';
import type { Received, Sent, Settings } from '../../../local/phone/host.ts';
import { pack } from '../../../local/phone/pack.ts';
import { systemClock } from '../../../shared/adapters/process/clock.ts';
import { systemIds } from '../../../shared/adapters/process/ids.ts';
import { scryptPasswords } from '../../../shared/adapters/process/passwords.ts';
import { keySecrets } from '../../../shared/adapters/process/secrets.ts';
import { createStaff, giveFactor } from '../../../shared/flows/identity/appointStaff.ts';
import { buildMiniProgram } from '../../../tools/miniprogram.ts';
import { START } from '../../chaos/victim.ts';
import type { Client } from '../../load/buyer.ts';
import { exchange, type Running, startNode } from '../../load/measure.ts';
import { addressOf } from '../../support/addressOf.ts';
import { packWithLatePromises } from './latePromises.ts';

/** What WeChat adds to every request of a mini-program, by which the server knows the device. */
const AGENTS: Readonly<Record<Settings['platform'], string>> = {
  android: 'Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50 MiniProgramEnv/android',
  ios: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) MicroMessenger/8.0.50 MiniProgramEnv/ios',
  harmony: 'Mozilla/5.0 (HarmonyOS) MicroMessenger/8.0.50 MiniProgramEnv/harmony',
  windows: 'Mozilla/5.0 (Windows NT 10.0) MicroMessenger/8.0.50 MiniProgramEnv/windows',
};

/** The owner's licence lets WeChat Pay sell e-books in the mini-program. Everything else goes by virtual payment. */
const SELLING = JSON.stringify({ wxpayKindsInMiniProgram: ['content'] });

const STAFF = { userName: 'admin.wang', password: 'four quiet lanterns at dawn' };

/** A person with a phone. */
export interface Person {
  readonly phone: DrivenPhone;
  /** The backend as this person sees it, without the phone. Somebody who never logged in on it sees nothing. */
  readonly client: Client;
  /** The sheet pays nothing and tells what a lying phone would. */
  lie: unknown;
  /**
   * What happens before a request leaves the phone. An answer stands in for the server's; it is lost when this throws.
   */
  before: (request: Sent) => Promise<Received | null>;
  /** What happens before an answer reaches the phone; the answer is lost when this throws. */
  after: (request: Sent, answer: Received) => Promise<void>;
  /** What was shown to WeChat to be paid. */
  readonly paid: unknown[];
  /** How often WeChat was asked for a code. */
  codes: number;
}

/** How a phone is opened. */
export interface Opening extends Partial<Settings> {
  readonly path?: string;
  readonly scene?: number;
  /** What the phones of all people keep, to open one again. */
  readonly memories?: Map<string, Map<string, string>>;
  /** How long a sound or video is, in seconds; null when it cannot be played. */
  readonly lengthOf?: (src: string) => number | null;
  /** Whether promises of the mini-program are timers, as they are before iOS 16. */
  readonly hasLatePromises?: boolean;
}

/** The stack. */
export interface Shop {
  /** The stack's time when it was started. */
  readonly nowMs: number;
  readonly staff: StaffClient;
  readonly bytes: Readonly<Record<string, number>>;
  open(who: string, how?: Opening): Promise<Person>;
  /** Asks until the answer is right. The stack prints whatever it does, and is asked again then. */
  until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T>;
  control(path: string, body: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

async function appointAdmin(folder: string): Promise<string> {
  const ids = systemIds(systemClock);
  const database = await createForCommand(placeOf(folder, {}));
  const secrets = keySecrets((await openKeys(folder)).secretsKey);
  const ports = { database, ids, clock: systemClock, passwords: scryptPasswords(), secrets };
  const { id: userId } = await createStaff(ports, { ...STAFF, role: 'admin' });
  const factor = await giveFactor(ports, { userId, replaces: false });
  await database.close();
  return factor?.recoveryCodes[0] ?? '';
}

const builtIn = (folder: string) => join(folder, 'miniprogram');

class TestShop implements Shop {
  readonly bytes: Readonly<Record<string, number>>;
  readonly #stack: Running;
  readonly #script: string;
  readonly #folder: string;
  readonly nowMs: number;
  #token: string | null = null;
  #opened = 0;
  #lateScript: string | null = null;

  constructor(made: { stack: Running; script: string; bytes: Shop['bytes']; folder: string; nowMs: number }) {
    this.#stack = made.stack;
    this.#script = made.script;
    this.bytes = made.bytes;
    this.#folder = made.folder;
    this.nowMs = made.nowMs;
  }

  readonly staff = createStaffClient({
    baseUrl: '',
    token: () => this.#token,
    request: ({ method, url, headers, body }) => exchange(method, `${this.#api}${url}`, headers, body ?? ''),
  });

  get #api(): string {
    return this.#stack.lines.API ?? '';
  }

  async logInStaff(recoveryCode: string): Promise<void> {
    this.#token = (await this.staff.loginWithPassword({ ...STAFF, secondFactor: { recoveryCode } })).token;
  }

  async control(path: string, body: unknown): Promise<unknown> {
    return simulatorOf(this.#stack, path, body);
  }

  async until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
    for (;;) {
      const answer = await ask();
      if (isRight(answer)) return answer;
      await this.#stack.printed();
    }
  }

  async open(who: string, how: Opening = {}): Promise<Person> {
    const { path, scene, memories = new Map(), lengthOf, hasLatePromises = false, ...settings } = how;
    if (hasLatePromises) this.#lateScript ??= await packWithLatePromises(builtIn(this.#folder));
    const script = hasLatePromises && this.#lateScript !== null ? this.#lateScript : this.#script;
    const person = new TestPerson(who, memories, this, this.#stack);
    person.platform = settings.platform ?? person.platform;
    // Phones draw the same numbers, so each is opened at a moment of its own: ids are made of both.
    const openedAtMs = this.nowMs + ++this.#opened;
    person.phone = await openPhone({
      ...{ script, memories, path: path ?? '/pages/list/list', now: () => openedAtMs },
      ...(scene !== undefined && { scene }),
      ...(lengthOf !== undefined && { lengthOf }),
      settings: { who, ...settings },
      send: (request) => person.send(request),
      simulate: (asked, body) => person.simulate(asked, body),
    });
    return person;
  }

  async stop(): Promise<void> {
    await this.#stack.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function simulatorOf(stack: Running, path: string, body: unknown): Promise<unknown> {
  const json = { 'content-type': 'application/json' };
  const answer = await exchange('POST', `${stack.lines.Phone}${path}`, json, JSON.stringify(body));
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.body}`);
  return JSON.parse(answer.body);
}

const PAID = new Set(['requestPayment:ok', 'requestVirtualPayment:ok']);

class TestPerson implements Person {
  phone!: DrivenPhone;
  lie: unknown = null;
  before: Person['before'] = async () => null;
  after: Person['after'] = async () => undefined;
  readonly paid: unknown[] = [];
  codes = 0;
  /** What the phone is, until it is open. */
  platform: Settings['platform'] = 'android';
  readonly #who: string;
  readonly #memories: Map<string, Map<string, string>>;
  readonly #shop: Shop;
  readonly #stack: Running;

  constructor(who: string, memories: Map<string, Map<string, string>>, shop: Shop, stack: Running) {
    this.#who = who;
    this.#memories = memories;
    this.#shop = shop;
    this.#stack = stack;
  }

  readonly client = createClient({
    baseUrl: '',
    token: () => this.#token,
    request: ({ method, url, headers, body }) =>
      exchange(method, `${this.#stack.lines.API}${url}`, { ...headers, ...this.#headers }, body ?? ''),
  });

  get #token(): string | null {
    const kept = this.#memories.get(this.#who)?.get('session');
    return kept === undefined ? null : (JSON.parse(kept) as { token: string }).token;
  }

  get #headers(): Record<string, string> {
    const platform = this.phone?.phone.settings.platform ?? this.platform;
    return {
      'x-forwarded-for': addressOf(this.#who),
      referer: 'https://servicewechat.com/wx0000000000000000/1/page-frame.html',
      'user-agent': AGENTS[platform],
    };
  }

  async send(request: Sent): Promise<Received> {
    const instead = await this.before(request);
    if (instead !== null) return instead;
    const { method, url, headers, body } = request;
    const answer = await exchange(method, url, { ...headers, ...this.#headers }, body ?? '');
    await this.after(request, answer);
    return answer;
  }

  async simulate(path: string, body: unknown): Promise<unknown> {
    if (path === '/phone/login') this.codes += 1;
    if (path !== '/phone/pay') return simulatorOf(this.#stack, path, body);
    this.paid.push(body);
    if (this.lie !== null) return this.lie;
    const before = await this.#paidOrders();
    const answer = (await simulatorOf(this.#stack, path, body)) as { errMsg?: string };
    // What WeChat tells the server has arrived before the sheet closes, so that no journey depends on which is first.
    if (PAID.has(answer.errMsg ?? ''))
      await this.#shop.until(
        () => this.#paidOrders(),
        (now) => now > before,
      );
    return answer;
  }

  async #paidOrders(): Promise<number> {
    return (await this.client.listOrders({ state: 'paid' })).items.length;
  }
}

/** Builds everything and starts the stack. */
export async function startShop(): Promise<Shop> {
  execFileSync('npx', ['tsx', 'esbuild.config.ts', '--local'], { stdio: 'ignore' });
  const folder = mkdtempSync(join(tmpdir(), 'zhike-app-'));
  const recoveryCode = await appointAdmin(folder);
  const env = { DATA_DIR: folder, PORT: '0', TRUSTED_PROXIES: '1', SELLING };
  const stack = await startNode(START, env, ['API', 'Phone']);
  const built = builtIn(folder);
  await buildMiniProgram(built, {
    apiUrl: stack.lines.API ?? '',
    appid: 'wx0000000000000000',
    consoleUrl: 'https://console.example.com',
  });
  const { script, bytes } = await pack(built);
  const { nowMs } = (await simulatorOf(stack, '/control/clock', { ms: 0 })) as { nowMs: number };
  const shop = new TestShop({ stack, script, bytes, folder, nowMs });
  await shop.logInStaff(recoveryCode);
  return shop;
}
