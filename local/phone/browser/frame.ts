/** What is around the page on a phone: its bars, the pages behind, sheets over it and what is told for a moment. */
import type { OpenPage } from '../engine.ts';
import type { Sheet } from '../host.ts';
import type { Phone } from '../phone.ts';
import { arrange, byId, make, set } from './dom.ts';
import { Screen } from './screen.ts';

const MOVE_MS = 260;
const NEAR_END_PX = 50;

interface Layer {
  readonly element: HTMLElement;
  readonly title: HTMLElement;
  readonly back: HTMLButtonElement;
  readonly scroller: HTMLElement;
  /** What had the focus when the page went behind. */
  focused: HTMLElement | null;
}

/** The frame of a phone. */
export class Frame {
  readonly #phone: Phone;
  readonly #screen: Screen;
  readonly #layers = new Map<OpenPage, Layer>();
  readonly #pages = byId('pages');
  readonly #tabs = byId('tabs');
  readonly #sheet = byId('sheet');
  readonly #toast = byId('toast');
  #front: OpenPage | null = null;
  #depth = 0;
  #asked: unknown = null;
  #focusedBefore: Element | null = null;

  constructor(phone: Phone) {
    this.#phone = phone;
    this.#screen = new Screen(phone);
    byId('more').addEventListener('click', () => this.#menu());
    const { config, files } = phone.engine.package;
    for (const { pagePath, text, iconPath = '', selectedIconPath = iconPath } of config.tabBar?.list ?? []) {
      const icon = (path: string, name: string) =>
        make('img', { src: files[`/${path}`] ?? '', class: name, alt: '', width: '27', height: '27' });
      const icons = iconPath === '' ? [] : [icon(iconPath, 'f-off'), icon(selectedIconPath, 'f-on')];
      const tab = make('button', { type: 'button', role: 'tab' }, ...icons, text);
      tab.addEventListener('click', () => phone.tab(pagePath));
      this.#tabs.append(tab);
    }
  }

  /** Shows the phone as it is now. */
  show(): void {
    const { routes, settings } = this.#phone;
    byId('phone').classList.toggle('phone-dark', settings.isDark);
    if (routes.stack.length === 0) return;
    this.#showPages();
    this.#showTabs();
    this.#showSheet();
    const { toast } = this.#phone;
    if (this.#toast.textContent !== (toast ?? '')) this.#toast.textContent = toast ?? '';
    this.#toast.classList.toggle('f-is-told', toast !== null);
  }

  #colour(name: string | undefined, otherwise: string): string {
    const { theme, darkmode } = this.#phone.engine.package.config;
    const own = theme[darkmode && this.#phone.settings.isDark ? 'dark' : 'light'];
    return name?.startsWith('@') === true ? (own[name.slice(1)] ?? otherwise) : (name ?? otherwise);
  }

  #showPages(): void {
    const { routes } = this.#phone;
    const { front, stack } = routes;
    const before = this.#front;
    if (before !== front) this.#leave(before);
    const layer = this.#layers.get(front) ?? this.#layer(front);
    this.#dress(front, layer, stack.length);
    this.#screen.show(front.root);
    layer.scroller.classList.toggle('p-is-refreshing', this.#phone.isRefreshing);
    if (before !== front) {
      this.#front = front;
      this.#move(before, front, stack.length - this.#depth);
      this.#depth = stack.length;
    }
    this.#scroll(layer);
    for (const [page, { element }] of this.#layers) {
      if (page !== front) element.inert = true;
      if (page.instance.isGone && page !== before) this.#drop(page);
    }
  }

  #layer(page: OpenPage): Layer {
    const scroller = this.#screen.show(page.root) as HTMLElement;
    // A page without anything to tap is scrolled by keys, too.
    scroller.tabIndex = 0;
    const title = make('h1');
    const back = make('button', { type: 'button', class: 'f-back', 'aria-label': '返回' });
    back.addEventListener('click', () => this.#goBack());
    const bar = make('header', { class: 'f-bar' }, back, title);
    const element = make('section', { class: 'f-layer' }, bar, make('div', { class: 'f-ground' }, scroller));
    this.#screen.listen(scroller);
    let isAtEnd = false;
    scroller.addEventListener('scroll', () => {
      const isNear = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;
      if (isNear && !isAtEnd) this.#phone.reachBottom();
      isAtEnd = isNear;
      if (page === this.#phone.routes.front) this.#phone.scrolled(scroller.scrollTop);
    });
    new ResizeObserver(() => {
      scroller.style.setProperty('--vh', `${scroller.clientHeight / 100}px`);
      scroller.style.setProperty('--vw', `${scroller.clientWidth / 100}px`);
    }).observe(scroller);
    const layer: Layer = { element, title, back, scroller, focused: null };
    this.#layers.set(page, layer);
    this.#pages.append(element);
    return layer;
  }

  #goBack(): void {
    const { routes } = this.#phone;
    if (routes.stack.length > 1) this.#phone.back();
    else this.#phone.engine.run(() => routes.restart(`/${this.#phone.engine.package.config.pages[0]}`));
  }

  #dress(page: OpenPage, { element, title, back }: Layer, depth: number): void {
    const { config } = page.instance.template;
    const { window: all } = this.#phone.engine.package.config;
    const isHome = depth === 1 && page.route === this.#phone.engine.package.config.pages[0];
    const bar = config.navigationBarBackgroundColor ?? all.navigationBarBackgroundColor;
    const words = config.navigationBarTextStyle ?? all.navigationBarTextStyle;
    element.style.setProperty('--bar', this.#colour(bar, '#ffffff'));
    element.style.setProperty('--bar-ink', this.#colour(words, 'black') === 'white' ? '#ffffff' : '#16181d');
    element.style.setProperty(
      '--page',
      this.#colour(config.backgroundColor ?? all.backgroundColor, '#ffffff'),
    );
    byId('phone').style.setProperty('--bar', this.#colour(bar, '#ffffff'));
    byId('phone').style.setProperty('--bar-ink', element.style.getPropertyValue('--bar-ink'));
    element.classList.toggle('f-has-own-bar', config.navigationStyle === 'custom');
    if (title.textContent !== page.title) title.textContent = page.title;
    document.title = `${page.title} · 手机`;
    back.hidden = isHome || (depth === 1 && this.#phone.routes.isTab(page.route));
    set(back, 'aria-label', depth > 1 ? '返回' : '回到首页');
    back.classList.toggle('f-is-home', depth === 1);
  }

  /** Remembers where a page was when another one comes. */
  #leave(page: OpenPage | null): void {
    const layer = page === null ? undefined : this.#layers.get(page);
    const { activeElement } = document;
    if (
      layer !== undefined &&
      activeElement instanceof HTMLElement &&
      layer.element.contains(activeElement)
    ) {
      layer.focused = activeElement;
    }
  }

  /** Moves from one page to another, and the focus with it. */
  #move(before: OpenPage | null, front: OpenPage, deeper: number): void {
    const layer = this.#layers.get(front);
    const old = before === null ? undefined : this.#layers.get(before);
    if (layer === undefined) return;
    layer.element.inert = false;
    layer.element.classList.remove('f-is-behind', 'f-is-leaving');
    this.#pages.append(...(deeper < 0 && old !== undefined ? [old.element] : [layer.element]));
    if (before !== null) (layer.focused ?? layer.scroller).focus({ preventScroll: true });
    if (old === undefined || before === null) return;
    const isMoved = deeper !== 0;
    const moving = deeper < 0 ? old.element : layer.element;
    if (isMoved) moving.classList.add(deeper < 0 ? 'f-is-leaving' : 'f-is-coming');
    window.setTimeout(
      () => {
        moving.classList.remove('f-is-coming');
        if (before.instance.isGone) this.#drop(before);
        else if (this.#front !== before) old.element.classList.add('f-is-behind');
      },
      isMoved ? MOVE_MS : 0,
    );
  }

  #drop(page: OpenPage): void {
    this.#layers.get(page)?.element.remove();
    this.#layers.delete(page);
  }

  #scroll({ scroller }: Layer): void {
    const { scroll } = this.#phone;
    if (scroll === null) return;
    this.#phone.scroll = null;
    const isAtOnce = scroll.durationMs === 0 || matchMedia('(prefers-reduced-motion: reduce)').matches;
    const behavior = isAtOnce ? 'auto' : 'smooth';
    if (typeof scroll.to === 'number') scroller.scrollTo({ top: scroll.to, behavior });
    else scroller.querySelector(scroll.to.replace('#', '#id-'))?.scrollIntoView({ behavior });
  }

  #showTabs(): void {
    const { routes, engine } = this.#phone;
    const { tabBar } = engine.package.config;
    const { route } = routes.front;
    const isTab = routes.isTab(route);
    this.#tabs.hidden = !isTab;
    if (tabBar === null || !isTab) return;
    this.#tabs.style.setProperty('--tab', this.#colour(tabBar.color, '#5a6270'));
    this.#tabs.style.setProperty('--tab-on', this.#colour(tabBar.selectedColor, '#07704a'));
    this.#tabs.style.setProperty('--bar', this.#colour(tabBar.backgroundColor, '#ffffff'));
    tabBar.list.forEach(({ pagePath }, at) => {
      const tab = this.#tabs.children[at];
      if (tab !== undefined) set(tab, 'aria-selected', String(pagePath === route));
    });
  }

  #showSheet(): void {
    const sheet = this.#phone.sheets[0] ?? null;
    if (sheet === this.#asked) return;
    if (this.#asked === null) this.#focusedBefore = document.activeElement;
    this.#asked = sheet;
    this.#sheet.hidden = sheet === null;
    for (const id of ['pages', 'tabs', 'capsule']) byId(id).inert = sheet !== null;
    if (sheet === null) {
      arrange(this.#sheet, []);
      if (this.#focusedBefore instanceof HTMLElement) this.#focusedBefore.focus({ preventScroll: true });
      return;
    }
    if (sheet.kind === 'payment') {
      arrange(this.#sheet, [this.#till(sheet)]);
      this.#sheet.querySelector<HTMLElement>('.f-pay')?.focus({ preventScroll: true });
      return;
    }
    const title = make('h2', { id: 'sheet-title' }, sheet.title === '' ? '请选择' : sheet.title);
    const choices = sheet.choices.map((words, at) => {
      const button = make('button', { type: 'button' }, words);
      button.addEventListener('click', () => this.#phone.choose(at));
      return button;
    });
    const isList =
      sheet.kind !== 'modal' &&
      sheet.kind !== 'privacy' &&
      sheet.kind !== 'subscribe' &&
      sheet.kind !== 'number';
    if (isList) {
      const leave = make(
        'button',
        { type: 'button', class: 'leave' },
        choices.length === 0 ? '关闭' : '取消',
      );
      leave.addEventListener('click', () => this.#phone.choose(null));
      choices.push(leave);
    }
    const shown =
      sheet.kind === 'pictures'
        ? make('img', { src: sheet.text, alt: '预览的图片' })
        : make('p', {}, sheet.text);
    const box = make(
      'div',
      { class: `f-box f-is-${isList ? 'list' : 'modal'}` },
      title,
      shown,
      make('div', { class: 'f-choices' }, ...choices),
    );
    arrange(this.#sheet, [box]);
    choices.at(isList ? 0 : -1)?.focus({ preventScroll: true });
  }

  /** The sheet of a payment: to whom, how much, what for. */
  #till({ title, amount = '', text, choices }: Sheet): HTMLElement {
    const leave = make('button', { type: 'button', class: 'f-close', 'aria-label': '不付款，关闭' });
    leave.addEventListener('click', () => this.#phone.choose(null));
    const pay = make('button', { type: 'button', class: 'f-pay' }, ...choices);
    pay.addEventListener('click', () => this.#phone.choose(0));
    const row = (name: string, value: string) =>
      make('div', { class: 'f-row' }, make('dt', {}, name), make('dd', {}, value));
    const rows = make('dl', {}, row('商品', text), row('支付方式', '零钱（模拟，不会扣款）'));
    const sum = make('p', { class: 'f-sum' }, amount);
    const head = make('h2', { id: 'sheet-title' }, title);
    return make('div', { class: 'f-box f-is-till' }, leave, head, sum, rows, pay);
  }

  #menu(): void {
    const mayShare = typeof this.#phone.routes.front.instance.self.onShareAppMessage === 'function';
    const choices = mayShare ? ['发送给朋友', '重新进入'] : ['重新进入'];
    void this.#phone.ask({ kind: 'actions', title: '更多', text: '', choices }).then((choice) => {
      if (choice === null) return;
      if (choices[choice] === '发送给朋友') this.#phone.share(null);
      else window.location.reload();
    });
  }
}
