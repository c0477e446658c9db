/**
 * Drives a phone without a screen, in Node. Time stands still: what was started outside is waited for, and timers run
 * when a test lets time pass. So a journey is the same on every machine.
 */
import { runInThisContext } from 'node:vm';
import type { OpenPage } from './engine.ts';
import { Films } from './films.ts';
import { isDisabled } from './gestures.ts';
import { FIRST_SETTINGS, type Host, type Received, type Sent, type Settings } from './host.ts';
import type { Part } from './live.ts';
import type { Package } from './package.ts';
import { Phone, type Shared } from './phone.ts';
import { SilentPlayer } from './silentPlayer.ts';
import { textOf } from './tree.ts';

/** How parts are found. What is not given does not matter. */
export interface Wanted {
  /** The words that it shows, all of them. */
  readonly text?: string;
  /** Words among those that it shows. */
  readonly has?: string;
  /** Its name for people who cannot see: aria-label, or else its words. */
  readonly name?: string;
  readonly role?: string;
  readonly tag?: string;
  readonly class?: string;
  readonly id?: string;
}

/** What a driven phone is made of. */
export interface DriverOptions {
  /** A `Packed.script`. */
  readonly script: string;
  readonly send: (request: Sent) => Promise<Received>;
  readonly simulate: (path: string, body: unknown) => Promise<unknown>;
  readonly settings?: Partial<Settings>;
  /** Where it is opened, such as `/pages/list/list?id=1`; null for the home page. */
  readonly path?: string | null;
  readonly scene?: number;
  /** The time outside, in milliseconds; one that never moves by default. Time that passes on the phone comes on top. */
  readonly now?: () => number;
  /** What the phones of all people keep. Give the same to another driver to open the same phone again. */
  readonly memories?: Map<string, Map<string, string>>;
  /** How long a sound or video is, in seconds; null when it cannot be played. An hour by default. */
  readonly lengthOf?: (src: string) => number | null;
  /** The pictures that the person chooses; null when they leave it. A small one by default. */
  readonly pictures?: (count: number) => readonly Uint8Array<ArrayBuffer>[] | null;
  /** What becomes of a picture that is compressed. By default it stays. */
  readonly compress?: (picture: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
  readonly log?: (...told: readonly unknown[]) => void;
}

/** One transparent dot, as PNG. */
const DOT =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const STARTED_AT_MS = Date.UTC(2026, 11, 1, 2);
/** Turns of the event loop without anything under way, after which nothing comes by itself. */
const QUIET_TURNS = 3;
const JOBS_MAX = 10_000;
const STEP_MS = 250;
const HOUR_SECONDS = 3_600;

interface Timer {
  readonly at: number;
  readonly number: number;
  readonly job: () => void;
}

/** A clock that only moves when it is told to. */
class StandingClock {
  passedMs = 0;
  #numbers = 0;
  readonly #timers = new Map<number, Timer>();

  after(delayMs: number, job: () => void): number {
    const number = ++this.#numbers;
    this.#timers.set(number, { at: this.passedMs + Math.max(0, delayMs), number, job });
    return number;
  }

  cancel(number: number): void {
    this.#timers.delete(number);
  }

  /** Takes the first timer that is due by then. */
  next(untilMs: number): Timer | null {
    let first: Timer | null = null;
    for (const timer of this.#timers.values()) {
      if (timer.at <= untilMs && (first === null || timer.at < first.at)) first = timer;
    }
    if (first !== null) this.#timers.delete(first.number);
    return first;
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A phone without a screen. */
export class DrivenPhone {
  readonly phone: Phone;
  readonly #clock = new StandingClock();
  readonly #films: Films;

  constructor(options: DriverOptions) {
    const { now = () => STARTED_AT_MS, memories = new Map(), path = null } = options;
    const { lengthOf = () => HOUR_SECONDS, compress = (picture) => picture } = options;
    const { pictures = () => [new Uint8Array(Buffer.from(DOT, 'base64'))] } = options;
    let bytes = 0;
    const host: Host = {
      send: options.send,
      simulate: options.simulate,
      pictures: async (count) => pictures(count),
      compress: async (picture) => compress(picture),
      now: () => now() + this.#clock.passedMs,
      after: (delayMs, job) => this.#clock.after(delayMs, job),
      cancel: (timer) => this.#clock.cancel(timer),
      random: (length) => Uint8Array.from({ length }, () => (bytes = (bytes * 167 + 91) % 256)),
      memory: (who) => {
        const memory = memories.get(who) ?? new Map<string, string>();
        memories.set(who, memory);
        return memory;
      },
      changed: () => undefined,
      isAttended: false,
      log: options.log ?? (() => undefined),
    };
    const own = runInThisContext(options.script) as Package;
    this.phone = new Phone(own, host, { ...FIRST_SETTINGS, ...options.settings }, path, options.scene);
    const { sound } = this.phone;
    sound.player = new SilentPlayer({ host, lengthOf, told: (...told) => sound.tell(...told) });
    this.#films = new Films(this.phone, lengthOf);
    this.phone.start();
  }

  /**
   * Waits until nothing is under way any more: no answer is awaited and no timer is due. It does not let time pass.
   * @throws Error for the first fault since the last call
   */
  async idle(): Promise<void> {
    for (let quiet = 0, jobs = 0; quiet < QUIET_TURNS; ) {
      const due = this.#clock.next(this.#clock.passedMs);
      if (due !== null) due.job();
      await turn();
      this.#films.follow();
      quiet = due === null && this.phone.outsiders === 0 ? quiet + 1 : 0;
      if (due !== null && ++jobs > JOBS_MAX) throw new Error('timers without delay run without end');
    }
    const [fault] = this.phone.engine.faults.splice(0);
    if (fault !== undefined) throw fault;
  }

  /** Lets time pass on the phone. What is due meanwhile happens in its order. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#clock.passedMs + ms;
    await this.idle();
    for (let due = this.#clock.next(untilMs); due !== null; due = this.#clock.next(untilMs)) {
      this.#clock.passedMs = Math.max(this.#clock.passedMs, due.at);
      due.job();
      await this.idle();
    }
    this.#clock.passedMs = untilMs;
  }

  /** Lets time pass until something holds. @throws Error when it does not within `withinMs` */
  async until(what: string, holds: () => boolean, withinMs = 60_000): Promise<void> {
    await this.idle();
    for (let passed = 0; !holds(); passed += STEP_MS) {
      if (passed >= withinMs) throw new Error(`${what} did not come within ${withinMs} ms. ${this.#seen()}`);
      await this.pass(STEP_MS);
    }
  }

  /** The page in front. */
  get page(): OpenPage {
    return this.phone.routes.front;
  }

  /** The route of the page in front, without a slash in front. */
  get route(): string {
    return this.page.route;
  }

  /** All that the page in front shows, with spaces between. */
  get text(): string {
    return textOf(this.page.root);
  }

  /** What is over the page: its title, text and choices; null for nothing. */
  get sheet(): { readonly title: string; readonly text: string; readonly choices: readonly string[] } | null {
    return this.phone.sheets[0] ?? null;
  }

  /** What is told for a moment; null for nothing. */
  get toast(): string | null {
    return this.phone.toast;
  }

  #seen(): string {
    const sheet =
      this.sheet === null ? '' : ` Over it: ${this.sheet.title} ${this.sheet.choices.join(' | ')}`;
    return `${this.route} shows: ${this.text}${sheet}`;
  }

  /** The parts that are meant, in the order of the screen, the innermost where they are in each other. */
  all(wanted: Wanted): Part[] {
    const found = [...visibleIn(this.page.root)].filter((part) => isMeant(part, wanted));
    return found.filter((part) => !found.some((other) => other !== part && isIn(other, part)));
  }

  /** The one part that is meant. A text names it by what it is called. @throws Error for none and for several */
  one(wanted: Wanted | string): Part {
    const found = this.all(typeof wanted === 'string' ? { name: wanted } : wanted);
    const [part] = found;
    if (part !== undefined && found.length === 1) return part;
    throw new Error(`${found.length} parts are ${JSON.stringify(wanted)}. ${this.#seen()}`);
  }

  /** Whether there is such a part. */
  has(wanted: Wanted | string): boolean {
    return this.all(typeof wanted === 'string' ? { name: wanted } : wanted).length > 0;
  }

  /** Taps a part, and waits. @throws Error for what is covered or cannot be used */
  async tap(wanted: Wanted | string | Part): Promise<void> {
    const part = this.#usable(wanted);
    this.phone.gestures.tap(part);
    await this.idle();
  }

  /** Taps a part twice, before anything is drawn anew. */
  async tapTwice(wanted: Wanted | string): Promise<void> {
    const part = this.#usable(wanted);
    this.phone.gestures.tap(part);
    this.phone.gestures.tap(part);
    await this.idle();
  }

  #usable(wanted: Wanted | string | Part): Part {
    if (this.sheet !== null) throw new Error(`a sheet covers the page. ${this.#seen()}`);
    const part = typeof wanted === 'object' && 'drawn' in wanted ? wanted : this.one(wanted);
    for (let at: Part | null = part; at !== null; at = at.parent) {
      if (isDisabled(at)) throw new Error(`${JSON.stringify(nameOf(part))} cannot be used. ${this.#seen()}`);
    }
    return part;
  }

  /** Types a text into a field in place of what is in it, and waits. */
  async type(wanted: Wanted | string | Part, text: string): Promise<void> {
    const field = this.#usable(wanted);
    this.phone.gestures.field(field, 'focus');
    this.phone.gestures.type(field, text);
    this.phone.gestures.field(field, 'blur');
    await this.idle();
  }

  /** Presses the key of the keyboard that ends typing, and waits. */
  async confirm(wanted: Wanted | string | Part): Promise<void> {
    this.phone.gestures.field(this.#usable(wanted), 'confirm');
    await this.idle();
  }

  /** Chooses in a picker or on a slider, and waits. A list's value is its index as text. */
  async pick(wanted: Wanted | string | Part, value: string): Promise<void> {
    this.phone.gestures.choose(this.#usable(wanted), value);
    await this.idle();
  }

  /** Tells a part what happens to it, such as `ended` of a video, and waits. */
  async happen(wanted: Wanted | string | Part, type: string, detail: unknown = {}): Promise<void> {
    const part = typeof wanted === 'object' && 'drawn' in wanted ? wanted : this.one(wanted);
    this.phone.engine.tell(part, type, detail, false);
    await this.idle();
  }

  /** Chooses on the sheet over the page; null leaves it. @throws Error when there is no such choice */
  async choose(choice: string | null): Promise<void> {
    const at = choice === null ? null : (this.sheet?.choices.indexOf(choice) ?? -1);
    if (this.sheet === null || at === -1) throw new Error(`nothing to choose ${choice} on. ${this.#seen()}`);
    this.phone.choose(at);
    await this.idle();
  }

  /** Taps a tab by its words, and waits. */
  async tab(text: string): Promise<void> {
    const tab = this.phone.engine.package.config.tabBar?.list.find((one) => one.text === text);
    if (tab === undefined || !this.phone.routes.isTab(this.route))
      throw new Error(`no tab ${text}. ${this.#seen()}`);
    this.phone.tab(tab.pagePath);
    await this.idle();
  }

  /** Goes back, and waits. */
  async back(): Promise<void> {
    this.phone.back();
    await this.idle();
  }

  /** Pulls the page down, and waits. */
  async pullDown(): Promise<void> {
    this.phone.pullDown();
    await this.idle();
  }

  /** Scrolls to the end of the page, and waits. */
  async reachBottom(): Promise<void> {
    this.phone.reachBottom();
    await this.idle();
  }

  /** Scrolls the page, and waits. `top` is how far, in px. */
  async scroll(top: number): Promise<void> {
    this.phone.scrolled(top);
    await this.idle();
  }

  /** Plays a video by its own button, and waits. */
  async play(wanted: Wanted | string): Promise<void> {
    const part = this.#usable(wanted);
    this.phone.gestures.byTap(() => this.#films.play(part));
    await this.idle();
  }

  /** Pauses a video by its own button, and waits. */
  async pause(wanted: Wanted | string): Promise<void> {
    this.#films.pause(this.#usable(wanted));
    await this.idle();
  }

  /** Moves a video to a second by its own bar, and waits. */
  async seek(wanted: Wanted | string, seconds: number): Promise<void> {
    this.#films.seek(this.#usable(wanted), seconds);
    await this.idle();
  }

  /** Shares the page by the menu. @throws Error when it cannot be shared */
  share(): Shared {
    const shared = this.phone.share(null);
    if (shared === null) throw new Error(`${this.route} cannot be shared`);
    return shared;
  }

  /** Leaves the mini-program, lets time pass, and comes back to it. */
  async away(ms: number, path: string | null = null, scene?: number): Promise<void> {
    this.phone.leave();
    await this.pass(ms);
    this.phone.enter(path, scene);
    await this.idle();
  }

  /** Sets the phone otherwise, and waits. */
  async set(changes: Partial<Settings>): Promise<void> {
    this.phone.set(changes);
    await this.idle();
  }
}

/** Opens the mini-program on a phone, and waits until nothing is under way. @throws Error for the first fault */
export async function openPhone(options: DriverOptions): Promise<DrivenPhone> {
  const phone = new DrivenPhone(options);
  await phone.idle();
  return phone;
}

function* visibleIn(part: Part): Generator<Part> {
  if (part.drawn.attributes.hidden === true) return;
  if (part.tag !== '#slot') yield part;
  for (const child of part.children) yield* visibleIn(child);
}

function isIn(part: Part, outer: Part): boolean {
  for (let at = part.parent; at !== null; at = at.parent) if (at === outer) return true;
  return false;
}

/** What a part is called: its aria-label, or what it shows. Fields are also called by their placeholder. */
export function nameOf(part: Part): string {
  const { 'aria-label': label, placeholder } = part.drawn.attributes;
  if (typeof label === 'string' && label !== '') return label;
  if (typeof placeholder === 'string' && placeholder !== '') return placeholder;
  return textOf(part);
}

function isMeant(part: Part, { text, has, name, role, tag, class: wanted, id }: Wanted): boolean {
  const { attributes } = part.drawn;
  if (tag !== undefined && part.tag !== tag) return false;
  if (tag === undefined && part.tag === '#text') return false;
  if (role !== undefined && (attributes['aria-role'] ?? part.tag) !== role) return false;
  if (id !== undefined && attributes.id !== id) return false;
  if (
    wanted !== undefined &&
    !String(attributes.class ?? '')
      .split(/\s+/)
      .includes(wanted)
  )
    return false;
  if (text !== undefined && textOf(part) !== text) return false;
  if (has !== undefined && !textOf(part).includes(has)) return false;
  return name === undefined || nameOf(part) === name;
}
