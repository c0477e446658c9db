/** Everything on sale: searched by words, or filtered and sorted. */
import type { CategoryView, CourseSort, ProductCard, ShelfKind } from '../../../client/types.ts';
import { words } from '../../../client/words.ts';
import type { InputEvent, PickerEvent, TapEvent } from '../../../local/phone/platform.ts';
import { type CardView, cardOf } from '../../model/card.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { routes } from '../../model/routes.ts';
import { moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { page, type Self } from '../../wx/page.ts';
import { cached } from '../../wx/store.ts';

const KEPT_MS = 5 * 60_000;

/** The kinds in the order of the chips. */
const KINDS: readonly ShelfKind[] = ['course', 'column', 'content', 'media', 'bundle', 'membership'];

/** The orders in that of the picker. */
const SORTS: readonly CourseSort[] = ['newest', 'price_asc', 'price_desc'];

/** What is asked for. Empty texts mean everything. */
interface Filter {
  readonly q: string;
  readonly kind: ShelfKind | '';
  readonly category: string;
  readonly isMemberFree: boolean;
  readonly sort: CourseSort;
}

interface Model {
  readonly typed: string;
  readonly filter: Filter;
  readonly categories: Loaded<readonly CategoryView[]>;
  readonly items: Loaded<Paged<ProductCard>>;
  readonly more: Loaded<null>;
}

/** A choice among several. */
export interface Chip<Id extends string> {
  readonly id: Id;
  readonly text: string;
  readonly isOn: boolean;
}

/** What the template reads. */
export interface View {
  readonly typed: string;
  readonly isSearch: boolean;
  readonly kinds: readonly Chip<ShelfKind | ''>[];
  readonly categories: readonly Chip<string>[];
  readonly isMemberFree: boolean;
  readonly sorts: readonly string[];
  readonly sort: string;
  readonly sortIndex: string;
  readonly line: StateLine | null;
  readonly cards: readonly CardView[];
  readonly moreLine: StateLine | null;
}

const chip = <Id extends string>(id: Id, text: string, chosen: string): Chip<Id> => ({
  id,
  text,
  isOn: id === chosen,
});

const given = <T extends string>(value: T | '') => (value === '' ? undefined : value);

function ask({ q, kind, category, isMemberFree, sort }: Filter, cursor: string | undefined) {
  if (q !== '') {
    return client.searchProducts({ q, kind: given(kind), category: given(category), cursor });
  }
  const memberFree = isMemberFree ? 'true' : undefined;
  return client.listProducts({ kind: given(kind), category: given(category), memberFree, sort, cursor });
}

function read(self: Self<Model>): Promise<unknown> {
  const { filter } = self.model;
  self.set({ more: unread });
  const fetch = () => ask(filter, undefined);
  const key = `products:${filter.kind}:${filter.category}:${filter.isMemberFree}:${filter.sort}`;
  return self.read('items', filter.q === '' ? cached(key, KEPT_MS, fetch) : fetch);
}

/** Asks with another filter. What was shown belongs to the one before, so it goes. */
function choose(self: Self<Model>, change: Partial<Filter>): Promise<unknown> {
  self.set({ filter: { ...self.model.filter, ...change }, items: unread });
  return read(self);
}

function readMore(self: Self<Model>): Promise<unknown> {
  const { filter } = self.model;
  return self.readNext('items', 'more', (cursor) => ask(filter, cursor));
}

const own = page({
  model: (): Model => ({
    typed: '',
    filter: { q: '', kind: '', category: '', isMemberFree: false, sort: 'newest' },
    categories: unread,
    items: unread,
    more: unread,
  }),
  view: ({ typed, filter, categories, items, more }): View => ({
    typed,
    isSearch: filter.q !== '',
    kinds: [
      chip('', '全部', filter.kind),
      ...KINDS.map((kind) => chip(kind, words.productKind[kind], filter.kind)),
    ],
    categories: [
      chip('', '全部分类', filter.category),
      ...(categories.value ?? []).map(({ id, title }) => chip(id, title, filter.category)),
    ],
    isMemberFree: filter.isMemberFree,
    sorts: SORTS.map((sort) => words.courseSort[sort]),
    sort: words.courseSort[filter.sort],
    sortIndex: String(SORTS.indexOf(filter.sort)),
    line: stateLineOf(
      items,
      filter.q === ''
        ? { title: '这里还没有内容', action: '看看全部' }
        : { title: `没有找到“${filter.q}”`, action: '看看全部' },
      (value) => value.items.length === 0,
    ),
    cards: (items.value?.items ?? []).map(cardOf),
    moreLine: moreLineOf(more, (items.value?.nextCursor ?? null) !== null, items.value?.items.length ?? 0),
  }),
  load: async (self) => {
    // The list comes first: nobody waits for the names of the shelves.
    await read(self);
    await self.read(
      'categories',
      cached('categories', KEPT_MS, async () => (await client.listCategories()).items),
    );
  },
  more: readMore,
  share: () => ({ title: '知课：课程、电子书和专栏', path: routes.list }),
  on: {
    readMore,
    type: (self, event: InputEvent) => self.set({ typed: event.detail.value }),
    search: (self, event: InputEvent) => choose(self, { q: event.detail.value.trim() }),
    clear: (self) => {
      self.set({ typed: '' });
      return choose(self, { q: '' });
    },
    chooseKind: (self, event: TapEvent<{ readonly id: ShelfKind | '' }>) =>
      choose(self, { kind: event.currentTarget.dataset.id }),
    chooseCategory: (self, event: TapEvent<{ readonly id: string }>) =>
      choose(self, { category: event.currentTarget.dataset.id }),
    chooseMemberFree: (self) => choose(self, { isMemberFree: !self.model.filter.isMemberFree }),
    chooseSort: (self, event: PickerEvent) =>
      choose(self, { sort: SORTS[Number(event.detail.value)] ?? 'newest' }),
    showAll: (self) => {
      self.set({ typed: '' });
      return choose(self, { q: '', kind: '', category: '', isMemberFree: false });
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
