/**
 * How every page is written: `Page(page({ model, view, … }))`. What a page knows is its model, and `data` is the view
 * of it and nothing else. Both belong to the instance: two pages of one kind are open at the same time and share the
 * file.
 */
import type {
  PageInstance,
  PageOptions,
  Query,
  ShareContent,
  ShareRequest,
} from '../../local/phone/platform.ts';
import { changesBetween } from '../model/changes.ts';
import { failed, kept, type Loaded, type Paged, reading, ready, withNext } from '../model/loaded.ts';
import { failureOf } from './failure.ts';
import { sessionChanges } from './session.ts';
import type { Source } from './store.ts';

/** The names of a model's fields that are loaded. */
type LoadedName<Model> = {
  [Name in keyof Model]: Model[Name] extends Loaded<unknown> ? Name : never;
}[keyof Model];

type ValueOf<Field> = Field extends Loaded<infer Value> ? Value : never;

/** The names of a model's fields that are loaded in pages. */
type PagedName<Model> = {
  [Name in keyof Model]: Model[Name] extends Loaded<Paged<{ readonly id: string }>> ? Name : never;
}[keyof Model];

/** One open page, as its functions see it. */
export interface Self<Model> {
  readonly model: Model;
  /** What the page was opened with. */
  readonly query: Query;
  /** Whether the page was closed. Nothing may be done for it any more. */
  readonly isGone: boolean;
  /** Changes the model and shows it. */
  set(change: Partial<Model>): void;
  /**
   * Reads a field of the model. What is kept is shown meanwhile. Of two reads of one field the newer one counts,
   * whichever is answered first.
   */
  read<Name extends LoadedName<Model>>(name: Name, source: Source<ValueOf<Model[Name]>>): Promise<void>;
  /** Reads the next page of a list, once at a time, and shows how that goes in `more`. */
  readNext<Name extends PagedName<Model>>(
    name: Name,
    more: LoadedName<Model>,
    fetch: (cursor: string) => Promise<ValueOf<Model[Name]>>,
  ): Promise<void>;
  /** Shows the next view, whatever became of it. */
  refresh(): void;
}

/** A function of a page. The platform's event is given when the template named it. */
type Handler<Model> = (self: Self<Model>, event: never) => unknown;

/** What a page is made of. */
export interface Definition<Model, View, On> {
  /** A new model, before anything was read. */
  readonly model: () => Model;
  /** What the template reads. It is asked whenever the model changed. */
  readonly view: (model: Model, nowMs: number) => View;
  /** Runs once, before the first load. */
  readonly open?: (self: Self<Model>) => void;
  /**
   * Reads what the page shows. It runs when the page is opened, pulled down or asked to try again, and when somebody
   * else logged in meanwhile.
   */
  readonly load?: (self: Self<Model>) => Promise<unknown>;
  /**
   * Runs when the page comes to the front again, after another page or the phone itself, and nobody else logged in
   * meanwhile. What is the caller's own may have changed there.
   */
  readonly again?: (self: Self<Model>) => unknown;
  /** Runs whenever the page comes to the front, also the first time. */
  readonly seen?: (self: Self<Model>) => unknown;
  /** Runs when the page leaves the front. */
  readonly left?: (self: Self<Model>) => unknown;
  /** Runs when the page was scrolled. `top` is how far, in px. */
  readonly scrolled?: (self: Self<Model>, top: number) => unknown;
  /** Runs at the end of the page. */
  readonly more?: (self: Self<Model>) => unknown;
  readonly share?: (self: Self<Model>, request: ShareRequest) => ShareContent;
  /** What the template may name. */
  readonly on: On;
}

/** The handlers as the template calls them. */
type Bound<On> = {
  [Name in keyof On]: On[Name] extends (self: never, event: infer Event) => unknown
    ? unknown extends Event
      ? () => void
      : (event: Event) => void
    : never;
};

interface Ways {
  /** The button of a failure was tapped. */
  retry(): void;
}

class Opened<Model, View extends object> implements Self<Model> {
  model: Model;
  query: Query = {};
  isGone = false;
  readonly #instance: PageInstance<View>;
  readonly #view: (model: Model, nowMs: number) => View;
  #shown: View;
  #isInFront = true;
  #wasLeft = false;
  #session = sessionChanges();
  readonly #runs = new Map<keyof Model, number>();

  constructor(instance: PageInstance<View>, definition: Definition<Model, View, unknown>) {
    this.#instance = instance;
    this.#view = definition.view;
    this.#shown = instance.data;
    this.model = definition.model();
  }

  set(change: Partial<Model>): void {
    this.model = { ...this.model, ...change };
    this.refresh();
  }

  refresh(): void {
    // A hidden page is brought up to date when it is in front again. The platform draws nothing before that.
    if (this.isGone || !this.#isInFront) return;
    const view = this.#view(this.model, Date.now());
    const changes = changesBetween(this.#shown, view);
    this.#shown = view;
    if (Object.keys(changes).length > 0) this.#instance.setData(changes);
  }

  async read<Name extends LoadedName<Model>>(
    name: Name,
    source: Source<ValueOf<Model[Name]>>,
  ): Promise<void> {
    const run = (this.#runs.get(name) ?? 0) + 1;
    this.#runs.set(name, run);
    const put = (next: (before: Loaded<ValueOf<Model[Name]>>) => Loaded<ValueOf<Model[Name]>>) => {
      if (this.isGone || this.#runs.get(name) !== run) return;
      const before = this.model[name] as Loaded<ValueOf<Model[Name]>>;
      this.set({ [name]: next(before) } as unknown as Partial<Model>);
    };
    put(reading);
    try {
      const value = await source((old) => put(() => kept(old)));
      put(() => ready(value));
    } catch (caught) {
      const failure = failureOf(caught);
      put((before) => failed(before, failure));
    }
  }

  async readNext<Name extends PagedName<Model>>(
    name: Name,
    more: LoadedName<Model>,
    fetch: (cursor: string) => Promise<ValueOf<Model[Name]>>,
  ): Promise<void> {
    type List = Paged<{ readonly id: string }>;
    const { value } = this.model[name] as Loaded<List>;
    const { isLoading } = this.model[more] as Loaded<unknown>;
    if (value === null || value.nextCursor === null || isLoading) return;
    const { nextCursor } = value;
    const run = this.#runs.get(name);
    await this.read(more, async () => {
      const next = (await fetch(nextCursor)) as List;
      const isStill = this.#runs.get(name) === run;
      if (isStill && !this.isGone) {
        this.set({ [name]: ready(withNext(value, next)) } as unknown as Partial<Model>);
      }
      return null as ValueOf<Model[LoadedName<Model>]>;
    });
  }

  /** The page is in front: for the first time, again, or again with somebody else logged in than before. */
  comesToFront(): 'first' | 'again' | 'other' {
    this.#isInFront = true;
    this.refresh();
    const isOther = this.#session !== sessionChanges();
    this.#session = sessionChanges();
    if (isOther) return 'other';
    return this.#wasLeft ? 'again' : 'first';
  }

  leavesFront(): void {
    this.#isInFront = false;
    this.#wasLeft = true;
  }

  close(): void {
    this.isGone = true;
  }
}

/** The options that `Page` takes, whose handlers the template may name. */
export type Made<View, On> = PageOptions<View> & Bound<On> & Ways;

/** Makes the options of `Page` from what a page is. */
export function page<Model, View extends object, On extends Readonly<Record<string, Handler<Model>>>>(
  definition: Definition<Model, View, On>,
): Made<View, On> {
  type Instance = PageInstance<View> & { opened?: Opened<Model, View> };
  const openedOf = (instance: Instance) => {
    instance.opened ??= new Opened(instance, definition);
    return instance.opened;
  };
  const { load, more, scrolled, share, on } = definition;
  const bound = Object.entries(on).map(([name, handler]) => [
    name,
    function (this: Instance, event: never) {
      return handler(openedOf(this), event);
    },
  ]);
  const options = {
    data: definition.view(definition.model(), Date.now()),
    onLoad(this: Instance, query: Query) {
      const opened = openedOf(this);
      opened.query = query;
      definition.open?.(opened);
      void load?.(opened);
    },
    onShow(this: Instance) {
      const opened = openedOf(this);
      const how = opened.comesToFront();
      if (how === 'other') void load?.(opened);
      else if (how === 'again') definition.again?.(opened);
      definition.seen?.(opened);
    },
    onHide(this: Instance) {
      const opened = openedOf(this);
      opened.leavesFront();
      definition.left?.(opened);
    },
    onUnload(this: Instance) {
      const opened = openedOf(this);
      opened.close();
      definition.left?.(opened);
    },
    async onPullDownRefresh(this: Instance) {
      await load?.(openedOf(this));
      await wx.stopPullDownRefresh();
    },
    retry(this: Instance) {
      return load?.(openedOf(this));
    },
    ...(more !== undefined && {
      onReachBottom(this: Instance) {
        more(openedOf(this));
      },
    }),
    ...(scrolled !== undefined && {
      onPageScroll(this: Instance, { scrollTop }: { readonly scrollTop: number }) {
        scrolled(openedOf(this), scrollTop);
      },
    }),
    ...(share !== undefined && {
      onShareAppMessage(this: Instance, request: ShareRequest) {
        return share(openedOf(this), request);
      },
    }),
    ...Object.fromEntries(bound),
  };
  return options as unknown as Made<View, On>;
}
