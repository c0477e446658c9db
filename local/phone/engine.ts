/** Runs the code of the mini-program: modules, the app, pages and components, and what of them is on the screen. */
import { type Drawn, pen } from './drawing.ts';
import type { Counts, Host } from './host.ts';
import { copied, givenTo, observersOf, patched, propertiesOf, Strict, setData } from './instance.ts';
import type { Data, Given, Instance, Part } from './live.ts';
import { ABSENT_NAMES, type Package, type PackedTemplate, PLATFORM_NAMES } from './package.ts';
import type { PhoneEvent, Query } from './platform.ts';
import { fill, type Hands, newPart, partsOf, place, remove } from './tree.ts';

/** A page that is open. */
export interface OpenPage {
  readonly number: number;
  readonly route: string;
  readonly query: Query;
  readonly instance: Instance;
  readonly root: Part;
  title: string;
  isShown: boolean;
}

/** What modules get beside what the engine itself gives them. */
export interface Platform {
  readonly wx: unknown;
  readonly getCurrentPages: () => readonly unknown[];
}

/** How often drawing may ask for more drawing. */
const ROUNDS_MAX = 100;

const isObject = (value: unknown): value is Given => typeof value === 'object' && value !== null;

/** Fields are copied for each instance, functions are shared. */
function ownOf(options: Given): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      typeof value === 'function' || name === 'data' ? value : deepCopy(value),
    ]),
  );
}

function deepCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deepCopy);
  if (!isObject(value) || Object.prototype.toString.call(value) !== '[object Object]') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deepCopy(one)]));
}

/** Runs the code of the mini-program. */
export class Engine {
  readonly package: Package;
  readonly host: Host;
  /** What went wrong, in order: thrown by the mini-program, or refused by the phone. */
  readonly faults: Error[] = [];
  readonly counts: Counts = {
    setData: 0,
    setDataBytes: 0,
    setDataBytesMax: 0,
    setDataHidden: 0,
    requests: [],
  };
  app: Record<string, unknown> = {};
  readonly #platform: () => Platform;
  readonly #exports = new Map<string, { exports: unknown }>();
  readonly #declared = new Map<string, Given>();
  readonly #loading: string[] = [];
  readonly #onPage = new Map<Instance, OpenPage>();
  readonly #wasShown = new WeakSet<OpenPage>();
  readonly #dirty = new Set<Instance>();
  readonly #due: (() => void)[] = [];
  readonly #timers = new Map<number, number>();
  readonly #openedAt: number;
  #pages = 0;
  #intervals = 0;
  #isDrawing = false;

  constructor(own: Package, host: Host, platform: () => Platform) {
    this.package = own;
    this.host = host;
    this.#openedAt = host.now();
    this.#platform = platform;
  }

  /** Notes what went wrong, once. */
  fault(caught: unknown): void {
    const error =
      caught instanceof Error ? caught : new Error(String(isObject(caught) ? caught.message : caught));
    if (
      !this.faults.some((one) => one === error || (one.message === error.message && !(one instanceof Strict)))
    ) {
      this.faults.push(error);
    }
    this.host.changed();
  }

  /** Refuses what WeChat would let pass in silence. */
  strict(what: string): never {
    const error = new Strict(what);
    this.fault(error);
    throw error;
  }

  /** Runs code of the mini-program. What it throws, now or later, is a fault. */
  run(work: () => unknown): unknown {
    try {
      const result = work();
      if (isObject(result) && typeof result.then === 'function') {
        Promise.resolve(result).catch((caught: unknown) => {
          this.fault(caught);
          this.#tellApp('onUnhandledRejection', { reason: caught });
        });
      }
      return result;
    } catch (caught) {
      this.fault(caught);
      this.#tellApp('onError', String(caught));
      return undefined;
    }
  }

  #tellApp(name: 'onError' | 'onUnhandledRejection', told: unknown): void {
    const listener = this.app[name];
    if (typeof listener !== 'function') return;
    try {
      Reflect.apply(listener, this.app, [told]);
    } catch (caught) {
      this.fault(caught);
    }
  }

  /** Calls a function of an instance or of the app, when there is one. */
  call(self: Record<string, unknown>, name: string, ...given: readonly unknown[]): unknown {
    const own = self[name];
    return typeof own === 'function' ? this.run(() => Reflect.apply(own, self, given)) : undefined;
  }

  /** Loads a module by its path, once. */
  load(path: string): unknown {
    const loaded = this.#exports.get(path);
    if (loaded !== undefined) return loaded.exports;
    const module = this.package.modules[path];
    if (module === undefined) throw new Error(`${path} is not in the package`);
    const made: { exports: unknown } = { exports: {} };
    this.#exports.set(path, made);
    this.#loading.push(path.replace(/\.js$/, ''));
    const require = (target: string) => this.load(resolved(path, target));
    try {
      module(made, made.exports, require, ...this.#names(), ...ABSENT_NAMES.map(() => undefined));
    } finally {
      this.#loading.pop();
    }
    return made.exports;
  }

  #names(): unknown[] {
    const { host } = this;
    const declare = (options: Given) => void this.#declared.set(this.#loading.at(-1) ?? '', options);
    const log = host.log.bind(host);
    const named: Record<string, unknown> = {
      ...this.#platform(),
      App: (options: Given) => {
        this.app = ownOf(options);
      },
      Page: declare,
      Component: declare,
      getApp: () => this.app,
      console: { log, info: log, warn: log, error: log, debug: log },
      Date: dateOf(host),
      setTimeout: (job: () => unknown, delayMs = 0) => host.after(delayMs, () => void this.run(job)),
      clearTimeout: (timer: number) => host.cancel(timer),
      setInterval: (job: () => unknown, periodMs = 0) => this.#every(periodMs, job),
      clearInterval: (interval: number) => this.#stop(interval),
    };
    return PLATFORM_NAMES.map((name) => named[name]);
  }

  #every(periodMs: number, job: () => unknown): number {
    const interval = --this.#intervals;
    const again = () => {
      this.#timers.set(interval, this.host.after(periodMs, again));
      this.run(job);
    };
    this.#timers.set(interval, this.host.after(periodMs, again));
    return interval;
  }

  #stop(interval: number): void {
    const timer = this.#timers.get(interval);
    if (timer !== undefined) this.host.cancel(timer);
    this.#timers.delete(interval);
  }

  #optionsOf(path: string): Given {
    this.load(`${path}.js`);
    const options = this.#declared.get(path);
    if (options === undefined) throw new Error(`${path}.js declares nothing`);
    return options;
  }

  /** Makes a page, draws its first data and loads it. It is not shown yet. */
  open(route: string, query: Query): OpenPage {
    const template = this.package.pages[route];
    if (template === undefined) throw new Error(`${route} is no page`);
    const options = this.#optionsOf(route);
    const self = ownOf(options);
    const instance = this.#instance(template, options, self, null);
    const drawn: Drawn = { ...pen.t('', ''), tag: 'page' };
    const root = newPart(drawn, instance, null);
    const { navigationBarTitleText = this.package.config.window.navigationBarTitleText ?? '' } =
      template.config;
    const page: OpenPage = {
      ...{ number: ++this.#pages, route, query, instance, root },
      ...{ title: navigationBarTitleText, isShown: false },
    };
    self.route = route;
    self.options = query;
    this.#onPage.set(instance, page);
    setData(instance, copied(options.data ?? {}, '') as Data);
    this.#draw(instance);
    this.call(self, 'onLoad', query);
    this.#due.push(() => void this.call(self, 'onReady'));
    this.#redraw(instance);
    return page;
  }

  /** Shows a page, or hides it. Its components are told after it. */
  show(page: OpenPage, isShown: boolean): void {
    const { instance, root } = page;
    if (page.isShown === isShown) return;
    page.isShown = isShown;
    this.#wasShown.add(page);
    this.call(instance.self, isShown ? 'onShow' : 'onHide');
    for (const { component } of partsOf(root)) {
      const lifetimes = component?.options.pageLifetimes;
      const told = isObject(lifetimes) ? lifetimes[isShown ? 'show' : 'hide'] : undefined;
      if (component !== null && typeof told === 'function')
        this.run(() => Reflect.apply(told, component.self, []));
    }
  }

  /** Ends a page for good. */
  close({ instance, root }: OpenPage): void {
    this.call(instance.self, 'onUnload');
    instance.isGone = true;
    this.#onPage.delete(instance);
    for (const child of root.children) remove(child, this.#hands);
    root.children = [];
  }

  #instance(
    template: PackedTemplate,
    options: Given,
    self: Record<string, unknown>,
    part: Part | null,
  ): Instance {
    const page = part === null ? null : (part.owner.page ?? part.owner);
    const shared = isObject(options.options) && options.options.styleIsolation === 'apply-shared';
    const scopes = page === null ? ['app', template.scope] : [...(shared ? page.scopes : []), template.scope];
    const instance: Instance = {
      ...{ template, options, self, data: {}, part, page, scopes, isGone: false, waiting: [] },
    };
    self.setData = (patch: Given, done?: () => void) => this.#set(instance, patch, done);
    return instance;
  }

  #set(instance: Instance, patch: Given, done?: () => void): void {
    const page = this.#onPage.get(instance.page ?? instance);
    if (instance.isGone || page === undefined) {
      this.strict(`setData of ${instance.template.scope}, which is gone: ${Object.keys(patch).join(', ')}`);
    }
    try {
      const { fields, bytes } = patched(instance, patch);
      this.counts.setData++;
      this.counts.setDataBytes += bytes;
      this.counts.setDataBytesMax = Math.max(this.counts.setDataBytesMax, bytes);
      if (!page.isShown && this.#wasShown.has(page)) this.counts.setDataHidden++;
      for (const observe of observersOf(instance, fields)) this.run(observe);
    } catch (caught) {
      this.fault(caught);
      throw caught;
    }
    if (done !== undefined) instance.waiting.push(done);
    this.#redraw(instance);
  }

  readonly #hands: Hands = {
    made: (part) => this.#component(part),
    given: (part) => this.#give(part),
    drawnBy: (component) => component.template.draw(component.data, pen),
    gone: (component) => {
      this.#live(component, 'detached');
      component.isGone = true;
    },
  };

  #component(part: Part): Instance | null {
    const path = part.owner.template.components[part.tag];
    const template = path === undefined ? undefined : this.package.components[path];
    if (path === undefined || template === undefined) return null;
    const options = this.#optionsOf(path);
    const methods = isObject(options.methods) ? options.methods : {};
    const self: Record<string, unknown> = { ...methods };
    const instance = this.#instance(template, options, self, part);
    const first = Object.entries(propertiesOf(options)).map(([name, { value }]) => [name, value]);
    const data = { ...(isObject(options.data) ? options.data : {}), ...Object.fromEntries(first) };
    const given = givenTo(options, part);
    setData(instance, { ...(copied(data, '') as Data), ...given });
    self.id = part.drawn.attributes.id ?? '';
    self.dataset = part.drawn.data;
    self.triggerEvent = (name: string, detail: unknown = {}, how: { bubbles?: boolean } = {}) =>
      this.tell(part, name, detail, how.bubbles === true);
    this.#live(instance, 'created');
    for (const observe of observersOf(instance, new Set(Object.keys(given)))) this.run(observe);
    this.#live(instance, 'attached');
    this.#due.push(() => this.#live(instance, 'ready'));
    return instance;
  }

  #live(component: Instance, name: string): void {
    const { lifetimes } = component.options;
    const told = isObject(lifetimes) ? lifetimes[name] : undefined;
    if (typeof told === 'function' && !component.isGone)
      this.run(() => Reflect.apply(told, component.self, []));
  }

  /** What the part's attributes say now becomes its component's properties. */
  #give(part: Part): void {
    const { component } = part;
    if (component === null) return;
    const given = givenTo(component.options, part);
    const changed = Object.keys(given).filter((name) => !Object.is(given[name], component.data[name]));
    component.self.dataset = part.drawn.data;
    if (changed.length === 0) return;
    setData(component, { ...component.data, ...given });
    for (const observe of observersOf(component, new Set(changed))) this.run(observe);
  }

  #redraw(instance: Instance): void {
    this.#dirty.add(instance);
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    void Promise.resolve().then(() => this.#drawAll());
  }

  #drawAll(): void {
    for (let round = 0; this.#dirty.size > 0 || this.#due.length > 0; round++) {
      if (round === ROUNDS_MAX) {
        this.fault(new Strict('drawing asks for drawing without end'));
        this.#dirty.clear();
        break;
      }
      const waiting: (() => void)[] = [];
      for (const instance of [...this.#dirty]) {
        this.#dirty.delete(instance);
        if (instance.isGone) continue;
        this.#draw(instance);
        waiting.push(...instance.waiting.splice(0));
      }
      for (const job of [...this.#due.splice(0), ...waiting]) this.run(job);
    }
    this.#isDrawing = false;
    this.host.changed();
  }

  #draw(instance: Instance): void {
    try {
      const page = this.#onPage.get(instance);
      if (page !== undefined) place(page.root, this.#hands.drawnBy(instance), instance, this.#hands);
      else if (instance.part !== null) fill(instance.part, this.#hands);
    } catch (caught) {
      this.fault(caught);
    }
  }

  /** Tells a part what happened to it, and those around it when it bubbles. */
  tell(part: Part, type: string, detail: unknown, bubbles: boolean): void {
    const target = { id: String(part.drawn.attributes.id ?? ''), dataset: part.drawn.data };
    const around: Part[] = [];
    for (let at: Part | null = part; at !== null; at = at.parent) around.push(at);
    const mark = Object.assign({}, ...[...around].reverse().map((one) => one.drawn.marks));
    for (const at of bubbles ? around : [part]) {
      const [name, isCaught] = at.drawn.on[type] ?? [];
      if (name === undefined) continue;
      const { self, template } = at.owner;
      const event: PhoneEvent = {
        ...{ type, detail, target, mark, timeStamp: this.host.now() - this.#openedAt },
        currentTarget: { id: String(at.drawn.attributes.id ?? ''), dataset: at.drawn.data },
      };
      if (typeof self[name] !== 'function') {
        this.fault(new Strict(`${template.scope} has no handler ${name} for ${type} of <${at.tag}>`));
      } else if (!at.owner.isGone) this.call(self, name, event);
      if (isCaught === true) return;
    }
  }
}

function resolved(from: string, target: string): string {
  const steps = target.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const step of target.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '.' && step !== '') steps.push(step);
  }
  return steps.join('/');
}

/** `Date` by the clock of the phone. */
function dateOf(host: Host): DateConstructor {
  return class extends Date {
    constructor(...given: readonly unknown[]) {
      if (given.length === 0) super(host.now());
      else super(...(given as [number]));
    }
    static override now(): number {
      return host.now();
    }
  } as DateConstructor;
}
