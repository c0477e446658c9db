/** Lists: filters, a search, pages, and what can be done with each item. All of it stands in the address. */
import { useEffect, useId, useState } from 'preact/hooks';
import { labelOf } from '../labels.ts';
import { Actions } from './action.tsx';
import { type Place, pages } from './address.ts';
import { callOf, type Filter, filterIn, filtersOf } from './asked.ts';
import { go, useCall, usePlace, useRole } from './hooks.ts';
import { Input, type InputKind } from './input.tsx';
import { Link } from './link.tsx';
import { mayCall } from './may.ts';
import { Empty, Skeleton, TroubleNote } from './notice.tsx';
import { ReasonGate } from './reason.tsx';
import { itemType, operationOf, typeAt, typeOf, wordOf } from './schema.ts';
import { ThingTable } from './table.tsx';
import { Id } from './value.tsx';
import type { List, Thing, Way } from './view.ts';

type Query = Place['query'];

/** The page of items in an answer of the list or of its search. */
function pageIn(list: List, name: List['name'] | null, answer: unknown): PageIn {
  if (answer === null) return { items: [], nextCursor: null };
  const { search } = list;
  if (search !== null && name === search.name && search.items !== null) {
    return { items: search.items(answer), nextCursor: null };
  }
  const from = list.at === null ? Object(answer) : Object(Object(answer)[list.at]);
  return Array.isArray(from)
    ? { items: from, nextCursor: null }
    : { items: from.items ?? [], nextCursor: from.nextCursor ?? null };
}

interface PageIn {
  readonly items: readonly Thing[];
  readonly nextCursor: string | null;
}

function typeOfItems(list: List): string {
  return list.at === null ? itemType(list.name) : itemsAt(list.name, list.at);
}

function itemsAt(name: List['name'], at: string): string {
  const output = operationOf(name).output ?? 'any';
  const own = typeOf(typeAt(output, at));
  const type = own.kind === 'list' ? own : typeOf(typeAt(output, `${at}.items`));
  return type.kind === 'list' ? type.of : 'any';
}

const DAYS: Readonly<Record<string, string>> = { fromAtMs: '从', untilAtMs: '到' };

function FilterField({
  field,
  text,
  set,
}: {
  readonly field: Filter;
  readonly text: string;
  readonly set: (text: string) => void;
}) {
  const id = useId();
  const type = typeOf(field.type);
  const isDay = /^(Query)?TimeMs\??$/.test(field.type) || type.kind === 'day';
  const label = field.title ?? (isDay ? (DAYS[field.name] ?? labelOf(field.name)) : labelOf(field.name));
  return (
    <div class="filter">
      <label for={id}>{label}</label>
      {type.kind === 'enum' ? (
        <select id={id} value={text} onInput={(event) => set(event.currentTarget.value)}>
          {type.isOptional && <option value="">全部</option>}
          {type.values.map((value) => (
            <option key={value} value={String(value)}>
              {wordOf(type.words, value)}
            </option>
          ))}
        </select>
      ) : (
        <Typed id={id} kind={isDay ? 'date' : 'text'} text={text} set={set} />
      )}
    </div>
  );
}

/** A text that counts when the field is left, or at Enter. */
function Typed({
  id,
  kind,
  text,
  set,
  hint = '',
}: {
  readonly id: string;
  readonly kind: InputKind;
  readonly text: string;
  readonly set: (text: string) => void;
  readonly hint?: string;
}) {
  const [typed, show] = useState(text);
  useEffect(() => show(text), [text]);
  const settle = () => {
    if (typed !== text) set(typed);
  };
  // A day is whole as soon as it is there; words are only when they are all there.
  const change = (next: string) => {
    show(next);
    if (kind === 'date') set(next);
  };
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === 'Enter') settle();
  };
  return (
    <Input
      kind={kind}
      text={typed}
      set={change}
      control={{ id, placeholder: hint, onBlur: settle, onKeyDown }}
    />
  );
}

function SearchField({
  list,
  query,
  move,
}: {
  readonly list: List;
  readonly query: Query;
  readonly move: (query: Query) => void;
}) {
  const { search } = list;
  const id = useId();
  if (search === null) return null;
  const kinds = Object.entries(search.by);
  return (
    <search class="filter search">
      {kinds.length > 1 && (
        <select
          aria-label="按什么查找"
          value={query.by ?? kinds[0]?.[0] ?? ''}
          onInput={(event) => move({ ...query, by: event.currentTarget.value })}
        >
          {kinds.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      )}
      <div>
        <label for={id}>{search.title}</label>
        <Typed id={id} kind="text" hint="按 / 查找" text={query.q ?? ''} set={(q) => move({ ...query, q })} />
      </div>
    </search>
  );
}

/** Links to other screens, for those who may do what is done there. */
export function Ways({ ways }: { readonly ways: readonly Way[] }) {
  const role = useRole();
  return (
    <>
      {ways
        .filter(({ needs }) => mayCall(role, needs))
        .map(({ title, path }) => (
          <Link key={path} to={path} class="button main">
            {title}
          </Link>
        ))}
    </>
  );
}

/** What a list shows at a query. */
function useListed(list: List, keyed: string, query: Query) {
  const call = callOf(list, query, keyed);
  // `callOf` has put the input together from the fields of the operation.
  const called = useCall(call?.name ?? list.name, (call?.input ?? null) as never);
  const page = pageIn(list, call?.name ?? null, called.data);
  return { call, called, ...page };
}

type Listed = ReturnType<typeof useListed>;

const hasConditions = (query: Query) =>
  Object.entries(query).some(([name, text]) => name !== 'by' && text !== '');

/** What is there: items, a way on where there are none, or why they could not be read. */
function Items({
  list,
  listed,
  query,
  move,
}: {
  readonly list: List;
  readonly listed: Listed;
  readonly query: Query;
  readonly move: (query: Query) => void;
}) {
  const { call, called, items } = listed;
  if (call === null) return <Empty says={list.empty} />;
  if (called.needsReasonFor !== null) return <ReasonGate userId={called.needsReasonFor} />;
  if (called.data === null && called.isBusy) return <Skeleton lines={6} />;
  if (called.data === null) return null;
  if (items.length > 0) {
    const { columns, more, actions, opens, title } = list;
    return (
      <ThingTable type={typeOfItems(list)} items={items} {...{ columns, more, actions, opens, title }} />
    );
  }
  const hasAsked = hasConditions(query);
  return (
    <Empty says={hasAsked ? '没有符合条件的记录。' : list.empty}>
      {hasAsked && (
        <button type="button" onClick={() => move({})}>
          清除条件
        </button>
      )}
    </Empty>
  );
}

/** Reads the list again. */
function Again({ listed }: { readonly listed: Listed }) {
  return (
    <button type="button" class="plain" aria-busy={listed.called.isBusy} onClick={listed.called.again}>
      刷新
    </button>
  );
}

function Filters({
  list,
  query,
  move,
}: {
  readonly list: List;
  readonly query: Query;
  readonly move: (query: Query) => void;
}) {
  const filters = filtersOf(list);
  if (filters.length === 0 && list.search === null) return null;
  const first = (next: Query) => move(pages.first(next));
  return (
    <div class="filters">
      {filters.map((field) => (
        <FilterField
          key={field.name}
          field={field}
          text={filterIn(field, query)}
          set={(text) => first({ ...query, [field.name]: text })}
        />
      ))}
      <SearchField list={list} query={query} move={first} />
    </div>
  );
}

function ListBody(props: {
  readonly list: List;
  readonly listed: Listed;
  readonly query: Query;
  readonly move: (query: Query) => void;
}) {
  const { trouble, again } = props.listed.called;
  return (
    <>
      <Filters list={props.list} query={props.query} move={props.move} />
      {trouble !== null && <TroubleNote trouble={trouble} again={again} />}
      <Items {...props} />
      <Pager query={props.query} nextCursor={props.listed.nextCursor} move={props.move} />
    </>
  );
}

function Pager({
  query,
  nextCursor,
  move,
}: {
  readonly query: Query;
  readonly nextCursor: string | null;
  readonly move: (query: Query) => void;
}) {
  const isFirst = (query.pages ?? '') === '';
  if (isFirst && nextCursor === null) return null;
  return (
    <nav class="pager" aria-label="翻页">
      <button type="button" disabled={isFirst} onClick={() => move(pages.back(query))}>
        上一页
      </button>
      <button
        type="button"
        disabled={nextCursor === null}
        onClick={() => nextCursor !== null && move(pages.next(query, nextCursor))}
      >
        下一页
      </button>
    </nav>
  );
}

/** What the actions of a list begin with. */
function beginningOf(list: List, listed: Listed, query: Query, key: string): Thing {
  const filters = Object.fromEntries(filtersOf(list).map((field) => [field.name, filterIn(field, query)]));
  return { items: listed.items, key, filters };
}

/** A list as a page of its own. `keyed` is what it is about, of a path with `:key`. */
export function ListPage({ list, keyed }: { readonly list: List; readonly keyed: string }) {
  const { path, query } = usePlace();
  const listed = useListed(list, keyed, query);
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{list.title}</h1>
        {keyed !== '' && <Id id={keyed} />}
        <span class="grow" />
        <Again listed={listed} />
        <Ways ways={list.links} />
        <Actions actions={list.starts} thing={beginningOf(list, listed, query, keyed)} isAll />
      </header>
      <section class="box">
        <ListBody list={list} listed={listed} query={query} move={(next) => go(path, next)} />
      </section>
    </>
  );
}

/** A list below a detail. Its filters and pages stay with it. */
export function PanelBox({ list, keyed }: { readonly list: List; readonly keyed: string }) {
  const [query, move] = useState<Query>({});
  const listed = useListed(list, keyed, query);
  return (
    <section class="box">
      <header class="head">
        <h2>{list.title}</h2>
        <span class="grow" />
        <Actions actions={list.starts} thing={beginningOf(list, listed, query, keyed)} isAll />
      </header>
      <ListBody list={list} listed={listed} query={query} move={move} />
    </section>
  );
}
