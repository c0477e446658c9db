/**
 * What screens are made of, as data over the typed client. A column that is not there does not compile: each builder
 * checks its fields against what its operation takes and answers, and then forgets the types.
 */
import type { ComponentType } from 'preact';
import type { Input, Output } from './desk.ts';
import type { RoleName } from './may.ts';
import type { OperationName } from './schema.ts';

/** A path to a field: `state`, or `event.name`. */
export type Path<T> = T extends object
  ? {
      [K in keyof T & string]:
        | K
        | (NonNullable<T[K]> extends readonly unknown[]
            ? never
            : NonNullable<T[K]> extends object
              ? `${K}.${keyof NonNullable<T[K]> & string}`
              : never);
    }[keyof T & string]
  : never;

/** A thing as the engine sees it, without its type. */
export type Thing = Readonly<Record<string, unknown>>;

/** Who is logged in, as far as it decides what is offered. */
export interface Me {
  readonly id: string;
  readonly role: RoleName;
}

/** How an action looks: the one that is meant, one that cannot be undone, or any other. */
export type Tone = 'main' | 'bad' | 'plain';

/** What a dialog shows once after it was answered, because it is told only once. */
export interface ToldOnce {
  readonly title: string;
  readonly about: string;
  /** The texts, one a line. */
  readonly texts: readonly string[];
}

/** Something that staff do with a thing, or to begin a new one. */
export interface Action {
  readonly name: OperationName;
  readonly title: string;
  readonly tone: Tone;
  /** Whether it can be done with this thing now. The server judges. */
  readonly when: (thing: Thing, me: Me) => boolean;
  /** What is sent without being asked: ids of what is there, and the version that was seen. */
  readonly given: (thing: Thing) => Thing;
  /** What stands in the form at first. */
  readonly first: (thing: Thing) => Thing;
  /** The fields that are asked, in order; null for all that is neither given nor made. */
  readonly asks: readonly string[] | null;
  /** The money that moves, for the button; null for none. `input` is what would be sent. */
  readonly sumFen: (thing: Thing, input: Thing) => number | null;
  /** What to know before: what follows, who still has to agree. Null for nothing. */
  readonly note: (thing: Thing) => string | null;
  readonly tells: (output: unknown) => ToldOnce | null;
  /** The name of the file that its answer is saved as; null for an answer that is no file. */
  readonly saves: (input: Thing) => string | null;
}

/** A list's own filter, column or fact: where it is, and its title if it is not the usual one. */
export interface Column {
  readonly of: string;
  readonly title: string | null;
  /** What stands there, where the type of the field alone does not tell; left out for the usual. */
  readonly text?: (thing: Thing) => string;
}

/** A search beside a list: another operation that takes words. */
export interface Search {
  readonly name: OperationName;
  readonly title: string;
  /** What can be searched for, with its words. */
  readonly by: Readonly<Record<string, string>>;
  readonly input: (by: string, words: string) => Thing;
  /** The items in its answer, where it answers no page. */
  readonly items: ((answer: unknown) => readonly Thing[]) | null;
}

/** The groups of the menu, in order. */
export const GROUPS = ['今日', '内容', '营销', '订单与退款', '用户', '账务', '运营', '系统'] as const;

/** A group of the menu. */
export type Group = (typeof GROUPS)[number];

/** A list of things: of a whole operation, or a panel below a detail. */
export interface List {
  readonly kind: 'list';
  readonly name: OperationName;
  /** The path in the address, with `:key` if the list is about one thing; null for a panel. */
  readonly path: string | null;
  readonly group: Group | null;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly more: readonly Column[];
  readonly filters: readonly Column[];
  /** Where the page of items is in the answer; null for the answer itself. */
  readonly at: string | null;
  /** What is asked beside the filters: of a panel, the id of its detail. */
  readonly input: (key: string) => Thing;
  readonly opens: (item: Thing) => string | null;
  readonly actions: readonly Action[];
  readonly starts: readonly Action[];
  readonly search: Search | null;
  /** Links beside the heading, such as to an editor. */
  readonly links: readonly Way[];
  readonly empty: string;
}

/** A link to another screen, for those who may do what is done there. */
export interface Way {
  readonly title: string;
  readonly path: string;
  readonly needs: OperationName;
}

/** One thing with its facts, its tables and what can be done with it. */
export interface Detail {
  readonly kind: 'detail';
  readonly name: OperationName;
  /** The pattern of its path, with `:key`. */
  readonly path: string;
  readonly group: Group;
  readonly title: string;
  readonly input: (key: string) => Thing;
  /** What it is called, of what was answered. */
  readonly heading: (answer: Thing) => string;
  readonly facts: readonly Column[];
  readonly tables: readonly Table[];
  readonly panels: readonly List[];
  readonly actions: readonly Action[];
  readonly links: readonly {
    readonly title: string;
    readonly needs: OperationName;
    readonly path: (key: string) => string;
    /** Whether it leads somewhere from this thing. */
    readonly when: (answer: Thing) => boolean;
  }[];
}

/** A list within a detail's own answer. */
export interface Table {
  readonly of: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly actions: readonly Action[];
}

/** A form as a page of its own. */
export interface FormPage {
  readonly kind: 'form';
  readonly path: string;
  readonly group: Group;
  readonly action: Action;
}

/** A screen that is written by hand, loaded when it is opened. */
export interface Screen {
  readonly kind: 'screen';
  readonly path: string;
  readonly group: Group | null;
  readonly title: string;
  /** The operations that it calls. */
  readonly names: readonly OperationName[];
  /** Who may open it: those who may call this; null for all staff. */
  readonly needs: OperationName | null;
  readonly isInMenu: boolean;
  readonly load: () => Promise<{ readonly Screen: ComponentType<ScreenProps> }>;
}

/** What a screen by hand gets: the parameters of its path. */
export interface ScreenProps {
  readonly params: Readonly<Record<string, string>>;
}

/** Anything that an address can open. */
export type View = List | Detail | FormPage | Screen;

/** A column that says itself what stands in it. */
interface Told<T> {
  readonly of: Path<T>;
  readonly title: string | null;
  readonly text: (thing: T) => string;
}

type Columns<T> = readonly (Path<T> | readonly [Path<T>, string] | Told<T>)[];

type AnyColumn = string | readonly [string, string] | Column;

function columnOf(one: AnyColumn): Column {
  if (typeof one === 'string') return { of: one, title: null };
  return 'of' in one ? one : { of: one[0], title: one[1] };
}

// A column's own text takes what the list shows; the compiler has checked it there.
const columnsOf = (columns: readonly unknown[] = []): readonly Column[] =>
  columns.map((one) => columnOf(one as AnyColumn));

/** An action over things of type `T`. What is asked must be fields of its input. */
export interface ActionFor<T> extends Action {
  /** Only for the compiler: what it is offered on. */
  readonly takes?: (thing: T) => void;
}

/** Declares an action. `T` is what it is offered on; a `Beginning` for one that begins something new. */
export function action<O extends OperationName, T>(
  name: O,
  said: {
    readonly title: string;
    readonly tone?: Tone;
    readonly when?: (thing: T, me: Me) => boolean;
    readonly given?: (thing: T) => Partial<Input<O>>;
    readonly first?: (thing: T) => Partial<Input<O>>;
    readonly asks?: readonly (keyof Input<O> & string)[];
    readonly sumFen?: (thing: T, input: Partial<Input<O>>) => number | null;
    readonly note?: string | ((thing: T) => string | null);
    readonly tells?: (output: Output<O>) => ToldOnce | null;
    readonly saves?: (input: Input<O>) => string;
  },
): ActionFor<T> {
  const { title, tone = 'plain', asks = null, note = null } = said;
  const own = {
    ...{ name, title, tone, asks },
    when: said.when ?? (() => true),
    given: said.given ?? (() => ({})),
    first: said.first ?? (() => ({})),
    sumFen: said.sumFen ?? (() => null),
    note: typeof note === 'function' ? note : () => note,
    tells: said.tells ?? (() => null),
    saves: said.saves ?? (() => null),
  };
  // The compiler has checked the functions against the operation; the engine calls them with what it answered.
  return own as unknown as ActionFor<T>;
}

/** The same actions on something that has the thing within it, such as the answer of a detail. */
export function within<K extends string, T>(
  key: K,
  actions: readonly ActionFor<T>[],
): readonly ActionFor<Readonly<Record<K, T>>>[] {
  const inner = (outer: Thing) => Object(outer[key]) as Thing;
  return actions.map((one) => ({
    ...{
      name: one.name,
      title: one.title,
      tone: one.tone,
      asks: one.asks,
      tells: one.tells,
      saves: one.saves,
    },
    when: (outer, me) => one.when(inner(outer), me),
    given: (outer) => one.given(inner(outer)),
    first: (outer) => one.first(inner(outer)),
    sumFen: (outer, input) => one.sumFen(inner(outer), input),
    note: (outer) => one.note(inner(outer)),
  }));
}

/** One item of what an operation answers, at `A` if its page stands deeper. */
export type Item<O extends OperationName, A extends string = ''> = A extends keyof Output<O>
  ? ItemIn<Output<O>[A]>
  : ItemIn<Output<O>>;
type ItemIn<P> = P extends { readonly items: readonly (infer I)[] }
  ? I
  : P extends readonly (infer E)[]
    ? E
    : never;

/** What an action that begins something new is offered on: the items that are shown, and what the list is about. */
export interface Beginning<T> {
  readonly items: readonly T[];
  /** The id of the thing that the list belongs to; empty for a list of its own. */
  readonly key: string;
  /** What stands in the filters. */
  readonly filters: Readonly<Record<string, string>>;
}

interface ListSaid<O extends OperationName, T> {
  readonly title: string;
  readonly columns: Columns<T>;
  readonly more?: Columns<T>;
  readonly filters?: readonly ((keyof Input<O> & string) | readonly [keyof Input<O> & string, string])[];
  readonly opens?: (item: T) => string | null;
  readonly actions?: readonly ActionFor<T>[];
  readonly starts?: readonly ActionFor<Beginning<T>>[];
  readonly links?: readonly Way[];
  readonly empty?: string;
}

function listOf(
  name: OperationName,
  said: ListSaid<OperationName, never>,
  own: Pick<List, 'path' | 'group' | 'at' | 'input' | 'search'>,
): List {
  const { title, opens = () => null, actions = [], starts = [], links = [], empty } = said;
  const list = {
    ...{ kind: 'list', name, title, opens, actions, starts, links },
    columns: columnsOf(said.columns),
    more: columnsOf(said.more),
    filters: columnsOf(said.filters),
    empty: empty ?? `还没有${title}。`,
    ...own,
  };
  return list as unknown as List;
}

/** Declares a list with a place in the menu. */
export function list<O extends OperationName>(
  name: O,
  path: string,
  group: Group,
  said: ListSaid<O, Item<O>> & {
    readonly search?: Search;
    /** What it is about, of a path with `:key`. */
    readonly input?: (key: string) => Partial<Input<O>>;
  },
): List {
  const { search = null, input = () => ({}) } = said;
  const own = { path, group, at: null, input: input as List['input'], search };
  return listOf(name, said as unknown as ListSaid<OperationName, never>, own);
}

/** Declares a search beside a list. `items` gives the items of an answer that is no page. */
export function search<O extends OperationName>(
  name: O,
  title: string,
  by: Readonly<Record<string, string>>,
  input: (by: string, words: string) => Input<O>,
  items?: (answer: Output<O>) => readonly object[],
): Search {
  const own = { name, title, by, input, items: items ?? null };
  return own as unknown as Search;
}

/** Declares a list below a detail: `input` takes the key of the detail. */
export function panel<O extends OperationName, A extends string = ''>(
  name: O,
  said: ListSaid<O, Item<O, A>> & { readonly input: (key: string) => Input<O>; readonly at?: A },
): List {
  const own = {
    path: null,
    group: null,
    at: said.at ?? null,
    input: said.input as List['input'],
    search: null,
  };
  return listOf(name, said as unknown as ListSaid<OperationName, never>, own);
}

/** Declares a table of a detail: a list of `T` that stands in its answer at `of`. */
export function table<T>(
  of: string,
  title: string,
  said: { readonly columns: Columns<T>; readonly actions?: readonly ActionFor<T>[] },
): Table {
  return { of, title, columns: columnsOf(said.columns), actions: said.actions ?? [] };
}

/** Declares a detail. Its facts are paths in what its operation answers. */
export function detail<O extends OperationName>(
  name: O,
  path: string,
  group: Group,
  said: {
    readonly title: string;
    readonly input: (key: string) => Input<O>;
    readonly heading: (answer: Output<O>) => string;
    readonly facts: Columns<Output<O>>;
    readonly tables?: readonly Table[];
    readonly panels?: readonly List[];
    readonly actions?: readonly ActionFor<Output<O>>[];
    readonly links?: readonly (Omit<Detail['links'][number], 'when'> & {
      readonly when?: (answer: Output<O>) => boolean;
    })[];
  },
): Detail {
  const { title, input, heading, tables = [], panels = [], actions = [] } = said;
  const links = (said.links ?? []).map((link) => ({ when: () => true, ...link }));
  const facts = columnsOf(said.facts);
  const own = {
    kind: 'detail',
    name,
    path,
    group,
    title,
    input,
    heading,
    facts,
    tables,
    panels,
    actions,
    links,
  };
  return own as unknown as Detail;
}

/** Declares a screen that is written by hand. Without `needs` all staff may open it. */
export function screen(
  path: string,
  said: Pick<Screen, 'title' | 'group' | 'names' | 'load'> & Partial<Pick<Screen, 'isInMenu' | 'needs'>>,
): Screen {
  return { kind: 'screen', path, isInMenu: false, needs: null, ...said };
}

/** Declares a form as a page of its own. */
export function form(path: string, group: Group, own: Action): FormPage {
  return { kind: 'form', path, group, action: own };
}

/** Who may open a view: those who may call this operation; null for all staff. */
export function needsOf(view: View): OperationName | null {
  if (view.kind === 'screen') return view.needs;
  return view.kind === 'form' ? view.action.name : view.name;
}

/** What a view is called in the menu and in the title. */
export function titleOf(view: View): string {
  return view.kind === 'form' ? view.action.title : view.title;
}
