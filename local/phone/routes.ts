/** The pages that are open: a stack of at most ten, and the tabs, which stay. */
import type { Engine, OpenPage } from './engine.ts';
import type { Query } from './platform.ts';

const DEPTH_MAX = 10;

/** A path with its query. Values are as they are written. */
export function targetOf(url: string): { route: string; query: Query } {
  const [path = '', search = ''] = url.split('?');
  const pairs = search.split('&').filter((pair) => pair !== '');
  const query = Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      return [name, rest.join('=')];
    }),
  );
  return { route: path.replace(/^\//, ''), query };
}

/** The pages that are open. Moves answer null, or why WeChat does not make them. */
export class Routes {
  readonly #engine: Engine;
  #stack: OpenPage[] = [];
  readonly #tabs = new Map<string, OpenPage>();
  /** Whether the mini-program is in front on the phone. */
  isInFront = true;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The open pages, the one in front last. */
  get stack(): readonly OpenPage[] {
    return this.#stack;
  }

  /** The page in front. @throws Error before the first one is open */
  get front(): OpenPage {
    const front = this.#stack.at(-1);
    if (front === undefined) throw new Error('no page is open');
    return front;
  }

  /** Whether a page is one of the tab bar's. */
  isTab(route: string): boolean {
    return this.#engine.package.config.tabBar?.list.some(({ pagePath }) => pagePath === route) ?? false;
  }

  #absolute(url: string): { route: string; query: Query } {
    if (url.startsWith('/') || this.#stack.length === 0) return targetOf(url);
    const steps = this.front.route.split('/').slice(0, -1);
    const [path = '', search] = url.split('?');
    for (const step of path.split('/')) {
      if (step === '..') steps.pop();
      else if (step !== '.') steps.push(step);
    }
    return targetOf(`${steps.join('/')}${search === undefined ? '' : `?${search}`}`);
  }

  #known(url: string): { route: string; query: Query } | null {
    const target = this.#absolute(url);
    return this.#engine.package.pages[target.route] === undefined ? null : target;
  }

  #settle(): void {
    const { front } = this;
    for (const page of this.#stack) if (page !== front) this.#engine.show(page, false);
    this.#engine.show(front, this.isInFront);
    this.#engine.host.changed();
  }

  #close(pages: readonly OpenPage[]): void {
    for (const page of [...pages].reverse()) {
      for (const [route, tab] of this.#tabs) if (tab === page) this.#tabs.delete(route);
      this.#engine.close(page);
    }
  }

  /** Opens a page above the one in front. */
  open(url: string): string | null {
    const target = this.#known(url);
    if (target === null) return `page "${url}" is not found`;
    if (this.isTab(target.route)) return 'can not navigateTo a tabbar page';
    if (this.#stack.length >= DEPTH_MAX) this.#engine.strict(`an eleventh page: ${url}`);
    this.#engine.show(this.front, false);
    this.#stack.push(this.#engine.open(target.route, target.query));
    this.#settle();
    return null;
  }

  /** Opens a page in place of the one in front. */
  replace(url: string): string | null {
    const target = this.#known(url);
    if (target === null) return `page "${url}" is not found`;
    if (this.isTab(target.route)) return 'can not redirectTo a tabbar page';
    this.#close([this.front]);
    this.#stack = [...this.#stack.slice(0, -1), this.#engine.open(target.route, target.query)];
    this.#settle();
    return null;
  }

  /** Shows a tab and closes what is above it. A tab that was open is as it was left. */
  tab(url: string): string | null {
    const target = this.#known(url);
    if (target === null || !this.isTab(target.route)) return 'can not switch to no-tabBar page';
    if (url.includes('?')) this.#engine.strict(`a query for a tab: ${url}`);
    this.#engine.show(this.front, false);
    this.#close(this.#stack.filter((page) => !this.isTab(page.route)));
    const page = this.#tabs.get(target.route) ?? this.#engine.open(target.route, {});
    this.#tabs.set(target.route, page);
    this.#stack = [page];
    this.#settle();
    return null;
  }

  /** Closes all and opens one page. */
  restart(url: string): string | null {
    const target = this.#stack.length === 0 ? targetOf(url) : this.#known(url);
    if (target === null || this.#engine.package.pages[target.route] === undefined) {
      return `page "${url}" is not found`;
    }
    const others = [...this.#tabs.values()].filter((tab) => !this.#stack.includes(tab));
    this.#close([...others, ...this.#stack]);
    const page = this.#engine.open(target.route, target.query);
    if (this.isTab(target.route)) this.#tabs.set(target.route, page);
    this.#stack = [page];
    this.#settle();
    return null;
  }

  /** Goes back by some pages, but not beyond the first. */
  back(delta: number): string | null {
    if (this.#stack.length < 2) return 'cannot navigate back at first page';
    const left = Math.max(1, this.#stack.length - Math.max(1, delta));
    this.#close(this.#stack.slice(left));
    this.#stack = this.#stack.slice(0, left);
    this.#settle();
    return null;
  }

  /** Brings the mini-program to the front of the phone, or away from it. */
  bring(isInFront: boolean): void {
    this.isInFront = isInFront;
    this.#engine.show(this.front, isInFront);
  }
}
