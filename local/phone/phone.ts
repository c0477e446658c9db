/** A phone with the mini-program open: what a person does to it, and what it shows beside the page. */
import { Engine } from './engine.ts';
import { Files } from './files.ts';
import { Gestures } from './gestures.ts';
import { type Host, networkTypeOf, type Settings, type Sheet } from './host.ts';
import type { Part } from './live.ts';
import { Network } from './network.ts';
import type { Package } from './package.ts';
import type { EnterOptions, NetworkType, ShareContent } from './platform.ts';
import { Privacy } from './privacy.ts';
import { Routes, targetOf } from './routes.ts';
import { Sound, type VideoOrder } from './sound.ts';

import { wxOf } from './wx.ts';

/** A share as it was sent: complete, whatever the page left out. */
export interface Shared {
  readonly title: string;
  readonly path: string;
  readonly imageUrl: string | null;
  /** Whether it tells from which chat it is opened. */
  readonly hasTicket: boolean;
}

const SCENE_LIST = 1001;
const PRIVACY_WORDS = '在你使用服务之前，请仔细阅读《小程序用户隐私保护指引》。';
const AVATAR = 'wxfile://tmp_avatar.jpeg';
const PHONE_NUMBER_DIGITS = 8;
const VIDEO_RATES = [0.5, 0.8, 1, 1.25, 1.5, 2];

/** The number of a person: the same for the same name. */
function phoneNumberOf(who: string): string {
  let sum = 7;
  for (const letter of who) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 10 ** PHONE_NUMBER_DIGITS;
  return `138${String(sum).padStart(PHONE_NUMBER_DIGITS, '0')}`;
}

/** A phone with the mini-program open. */
export class Phone {
  readonly host: Host;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly routes: Routes;
  readonly gestures: Gestures;
  readonly network: Network;
  readonly privacy: Privacy;
  readonly sound: Sound;
  readonly onNetwork: ((status: { isConnected: boolean; networkType: NetworkType }) => void)[] = [];
  /** What waits for a choice, the one in front first. */
  readonly sheets: Sheet[] = [];
  /** What is told for a moment; null for nothing. */
  toast: string | null = null;
  /** What was copied last. */
  clipboard = '';
  readonly files: Files;
  /** The pages whose shares have a ticket. */
  readonly ticketed = new WeakSet<object>();
  /** The last share that was sent. */
  shared: Shared | null = null;
  /** Where the page in front is to be scrolled. The screen takes it. */
  scroll: { readonly to: number | string; readonly durationMs: number } | null = null;
  isRefreshing = false;
  /** Documents that were opened, by path. */
  readonly documents: string[] = [];
  /** What pages told their videos, and the screen has not done yet. */
  readonly videoOrders: VideoOrder[] = [];
  launched: EnterOptions;
  entered: EnterOptions;
  /** Work outside of the phone that has not ended. */
  outsiders = 0;
  #toasts = 0;

  constructor(own: Package, host: Host, settings: Settings, path: string | null, scene = SCENE_LIST) {
    this.host = host;
    this.settings = settings;
    const { route, query } = targetOf(path ?? own.config.pages[0] ?? '');
    this.launched = { path: route, query, scene };
    this.entered = this.launched;
    this.engine = new Engine(own, host, () => ({
      wx,
      getCurrentPages: () => this.routes.stack.map(({ instance }) => instance.self),
    }));
    const { engine } = this;
    const strict = (what: string) => engine.strict(what);
    const run = (job: () => unknown) => void engine.run(job);
    const outside = <T>(work: Promise<T>) => this.outside(work);
    this.routes = new Routes(engine);
    this.gestures = new Gestures(engine, (button, type) => void this.#open(button, type));
    this.network = new Network({ host, settings, counts: engine.counts, run, strict, outside });
    this.sound = new Sound(strict, run);
    this.files = new Files({ host, run, outside });
    this.privacy = new Privacy(settings.privacy === 'agreed', (decided) => this.#askPrivacy(decided), strict);
    const wx = this.#strictWx();
  }

  /** Tells by name what is not among WeChat's functions here. A refusal to which nobody listens is no fault. */
  #strictWx(): unknown {
    const wx: Readonly<Record<string, unknown>> = { ...wxOf(this) };
    const called = (own: unknown, given: unknown[]) => {
      const result: unknown = typeof own === 'function' ? Reflect.apply(own, wx, given) : own;
      if (result instanceof Promise) result.catch(() => undefined);
      return result;
    };
    return new Proxy(wx, {
      get: (_, name) => {
        const own = wx[String(name)];
        if (own === undefined) this.engine.strict(`wx.${String(name)} is not among the phone's functions`);
        return (...given: unknown[]) => called(own, given);
      },
    });
  }

  /** Starts the mini-program with the page that it was opened with. */
  start(): void {
    const { engine, launched } = this;
    try {
      engine.load('app.js');
    } catch (caught) {
      engine.fault(caught);
    }
    engine.call(engine.app, 'onLaunch', launched);
    engine.call(engine.app, 'onShow', launched);
    const query = Object.entries(launched.query).map(([name, value]) => `${name}=${value}`);
    const isThere = engine.package.pages[launched.path] !== undefined;
    if (!isThere) engine.call(engine.app, 'onPageNotFound', launched);
    const path = isThere ? `${launched.path}?${query.join('&')}` : (engine.package.config.pages[0] ?? '');
    engine.run(() => this.routes.restart(path));
  }

  /** Counts work outside until it ends. */
  async outside<T>(work: Promise<T>): Promise<T> {
    this.outsiders++;
    try {
      return await work;
    } finally {
      this.outsiders--;
    }
  }

  /** Shows something that waits for a choice. Null is leaving it without one. */
  ask(sheet: Omit<Sheet, 'chosen'>): Promise<number | null> {
    return new Promise((resolve) => {
      this.sheets.push({ ...sheet, chosen: resolve });
      this.host.changed();
    });
  }

  /** Chooses on the sheet in front; null leaves it. That is a tap. */
  choose(choice: number | null): void {
    const sheet = this.sheets.shift();
    if (sheet !== undefined) this.gestures.byTap(() => sheet.chosen(choice));
  }

  /** Tells something for a moment. */
  tell(words: string, durationMs: number): void {
    const own = ++this.#toasts;
    this.toast = words;
    this.host.after(durationMs, () => {
      if (own === this.#toasts) this.toast = null;
      this.host.changed();
    });
    this.host.changed();
  }

  /** Asks whether messages may be sent, unless the settings say, and tells WeChat what the person said. */
  async askForMessages(templates: readonly string[]): Promise<string> {
    const answer = await this.#saysOfMessages(templates);
    if (answer === 'accept' || answer === 'reject') {
      const answers = Object.fromEntries(templates.map((id) => [id, answer]));
      await this.outside(this.host.simulate('/phone/messages', { name: this.settings.who, answers }));
    }
    return answer;
  }

  async #saysOfMessages(templates: readonly string[]): Promise<string> {
    const { subscribe } = this.settings;
    if (subscribe !== 'ask') return subscribe;
    const text = `${templates.length} 条一次性订阅消息`;
    const choice = await this.ask({
      kind: 'subscribe',
      title: '允许发送通知',
      text,
      choices: ['取消', '允许'],
    });
    return choice === 1 ? 'accept' : 'reject';
  }

  #askPrivacy(decided: (isAgreed: boolean) => void): void {
    const sheet = { kind: 'privacy', title: '用户隐私保护提示', text: PRIVACY_WORDS } as const;
    void this.ask({ ...sheet, choices: ['拒绝', '同意'] }).then((choice) => decided(choice === 1));
  }

  async #open(button: Part, type: string): Promise<void> {
    const told = (event: string, detail: unknown) => this.engine.tell(button, event, detail, false);
    if (type === 'share') this.share(button);
    else if (type === 'agreePrivacyAuthorization') {
      this.privacy.tap(String(button.drawn.attributes.id ?? ''));
      told('agreeprivacyauthorization', {});
    } else if (type === 'contact') {
      await this.ask({ kind: 'contact', title: '客服消息', text: '你好，请问有什么可以帮你？', choices: [] });
      told('contact', {});
    } else if (type === 'getPhoneNumber') told('getphonenumber', await this.#number());
    else if (type === 'chooseAvatar' && (await this.privacy.need())) {
      const sheet = { kind: 'avatar', title: '获取你的头像', text: '', choices: ['用微信头像'] } as const;
      if ((await this.ask(sheet)) === 0) told('chooseavatar', { avatarUrl: AVATAR });
    }
  }

  async #number(): Promise<{ errMsg: string; code?: string }> {
    const name = 'getPhoneNumber';
    if (!(await this.privacy.need())) return { errMsg: `${name}:fail privacy permission is not authorized` };
    const phoneNumber = phoneNumberOf(this.settings.who);
    const text = `${phoneNumber.slice(0, 3)}****${phoneNumber.slice(-4)}`;
    const choice = await this.ask({
      kind: 'number',
      title: '申请获取你的手机号',
      text,
      choices: ['拒绝', '允许'],
    });
    if (choice !== 1) return { errMsg: `${name}:fail user deny` };
    const answer = await this.outside(this.host.simulate('/phone/number', { phoneNumber }));
    return { errMsg: `${name}:ok`, code: (answer as { readonly code: string }).code };
  }

  /** Shares the page in front, by a button or by the menu. Null when it cannot be shared. */
  share(button: Part | null): Shared | null {
    const { instance, route, query, title } = this.routes.front;
    if (typeof instance.self.onShareAppMessage !== 'function') return null;
    const target = button === null ? {} : { target: { id: '', dataset: button.drawn.data } };
    const request = { from: button === null ? 'menu' : 'button', ...target };
    const content = (this.engine.call(instance.self, 'onShareAppMessage', request) ?? {}) as ShareContent;
    const search = Object.entries(query).map(([name, value]) => `${name}=${value}`);
    const { path = `/${route}${search.length > 0 ? `?${search.join('&')}` : ''}` } = content;
    if (!path.startsWith('/')) this.engine.fault(new Error(`a share of ${path}, without a slash in front`));
    const hasTicket = this.ticketed.has(instance);
    this.shared = { title: content.title ?? title, path, imageUrl: content.imageUrl ?? null, hasTicket };
    this.tell('已转发', 1_500);
    return this.shared;
  }

  /** Taps a tab of the tab bar. */
  tab(route: string): void {
    this.gestures.byTap(() => void this.routes.tab(`/${route}`));
  }

  /** Goes back by the arrow or the phone's own key. */
  back(): void {
    this.gestures.byTap(() => void this.routes.back(1));
  }

  /** Pulls the page down, where it can be refreshed. */
  pullDown(): void {
    const { instance } = this.routes.front;
    if (instance.template.config.enablePullDownRefresh !== true) return;
    this.isRefreshing = true;
    this.engine.call(instance.self, 'onPullDownRefresh');
    this.host.changed();
  }

  /** Comes near the end of the page. */
  reachBottom(): void {
    this.engine.call(this.routes.front.instance.self, 'onReachBottom');
  }

  /** The page in front was scrolled to here, in px. */
  scrolled(scrollTop: number): void {
    this.engine.call(this.routes.front.instance.self, 'onPageScroll', { scrollTop });
  }

  /** Leaves the mini-program for something else on the phone. */
  leave(): void {
    this.routes.bring(false);
    this.engine.call(this.engine.app, 'onHide');
    if (!this.engine.package.config.mayPlayBehind && !this.sound.paused) this.sound.pause();
    this.network.leave();
  }

  /** Comes back to it, by the list or by something that names a page. */
  enter(path: string | null = null, scene = SCENE_LIST): void {
    const { route, query } = path === null ? { route: this.routes.front.route, query: {} } : targetOf(path);
    this.entered = { path: route, query, scene };
    this.network.enter();
    this.engine.call(this.engine.app, 'onShow', this.entered);
    this.routes.isInFront = true;
    if (path === null) this.routes.bring(true);
    else this.engine.run(() => this.routes.restart(path));
  }

  /** Sets the phone otherwise. Who it belongs to counts from the next start. */
  set(changes: Partial<Settings>): void {
    const before = networkTypeOf(this.settings);
    Object.assign(this.settings, changes);
    const networkType = networkTypeOf(this.settings);
    if (networkType !== before) {
      const status = { isConnected: networkType !== 'none', networkType };
      for (const listener of this.onNetwork) this.engine.run(() => listener(status));
    }
    this.host.changed();
  }

  /** Opens a document that was fetched. */
  openDocument(path: string): void {
    this.documents.push(path);
    this.host.changed();
  }

  /** Passes on what a page told its video. */
  orderVideo(order: VideoOrder): void {
    const isRate = order.what !== 'rate' || VIDEO_RATES.includes(order.value);
    if (!isRate) this.engine.strict(`a video plays at ${VIDEO_RATES.join(' ')} and not at ${order.value}`);
    this.videoOrders.push(order);
    this.host.changed();
  }
}
