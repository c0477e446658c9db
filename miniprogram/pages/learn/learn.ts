/** What the caller may use: everything they were given, and their memberships. */
import type { LearningView, LibraryItem, MembershipView, ShelfKind } from '../../../client/types.ts';
import { words } from '../../../client/words.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { type CardView, learnedCardOf, ownedCardOf, partCardOf } from '../../model/card.ts';
import { deviceDay } from '../../model/deviceTime.ts';
import { weekWords } from '../../model/learned.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { buyRoutes, routes, talkRoutes } from '../../model/routes.ts';
import { moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { features } from '../../wx/features.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

/** The kinds in the order of the chips. */
const KINDS: readonly ShelfKind[] = ['course', 'column', 'content', 'media', 'bundle'];

/** So many courses to go on with are shown. */
const GOING = 3;

interface Model {
  readonly kind: ShelfKind | '';
  readonly items: Loaded<Paged<LibraryItem>>;
  readonly more: Loaded<null>;
  readonly membership: Loaded<MembershipView>;
  readonly learning: Loaded<LearningView>;
  /** Whether groups are on, so that there is a way to them. */
  readonly hasGroups: boolean;
}

/** A product, and what is in it. */
export interface Shelf {
  readonly id: string;
  readonly card: CardView;
  readonly parts: readonly CardView[];
}

/** What the template reads. */
export interface View {
  readonly kinds: readonly { readonly id: ShelfKind | ''; readonly text: string; readonly isOn: boolean }[];
  /** `全站会员，12月31日到期`; empty for none. */
  readonly membership: string;
  /** What somebody learned lately; empty for nothing. */
  readonly week: string;
  readonly going: readonly CardView[];
  /** Whether the rest has a heading of its own, below the courses to go on with. */
  readonly hasHeading: boolean;
  readonly line: StateLine | null;
  readonly shelves: readonly Shelf[];
  readonly moreLine: StateLine | null;
  readonly hasGroups: boolean;
}

function membershipWords({ value }: Loaded<MembershipView>, nowMs: number): string {
  const live = value?.scopes.find(({ isLive, scope }) => isLive && scope.kind === 'platform');
  return live === undefined
    ? ''
    : `${words.membershipScope.platform}，${deviceDay(live.untilAtMs, nowMs)}到期`;
}

const shelfOf = (item: LibraryItem, nowMs: number): Shelf => ({
  id: item.id,
  card: ownedCardOf(item, nowMs),
  parts: item.parts.map(partCardOf),
});

const ask = ({ kind }: Model, cursor: string | undefined) =>
  client.getLibrary({ kind: kind === '' ? undefined : kind, cursor });

function read(self: Self<Model>): Promise<unknown> {
  const { model } = self;
  self.set({ more: unread });
  return self.read('items', () => ask(model, undefined));
}

function readMore(self: Self<Model>): Promise<unknown> {
  const { model } = self;
  return self.readNext('items', 'more', (cursor) => ask(model, cursor));
}

const load = (self: Self<Model>) =>
  Promise.all([
    read(self),
    features().then((on) => self.set({ hasGroups: on !== null && on.groups !== 'off' })),
    self.read('membership', () => client.getMembership()),
    self.read('learning', () => client.listLearning({ limit: GOING })),
  ]);

const own = page({
  model: (): Model => ({
    ...{ kind: '', items: unread, more: unread, membership: unread, learning: unread, hasGroups: false },
  }),
  view: ({ kind, items, more, membership, learning, hasGroups }, nowMs): View => {
    // Whoever chose a kind looks for a thing, and sees all of that kind in one list.
    const going = kind === '' ? (learning.value?.items ?? []) : [];
    const rest = (items.value?.items ?? []).filter((item) => going.every((one) => one.productId !== item.id));
    const line = stateLineOf(
      items,
      { title: kind === '' ? '还没有可学的内容' : '这一类还没有内容', action: '去选课' },
      (value) => value.items.length === 0,
    );
    return {
      hasGroups,
      kinds: [
        { id: '', text: '全部', isOn: kind === '' },
        ...KINDS.map((id) => ({ id, text: words.productKind[id], isOn: id === kind })),
      ],
      membership: membershipWords(membership, nowMs),
      week: learning.value === null ? '' : weekWords(learning.value),
      going: going.map(learnedCardOf),
      hasHeading: going.length > 0 && (rest.length > 0 || line !== null),
      line,
      shelves: rest.map((item) => shelfOf(item, nowMs)),
      moreLine: moreLineOf(more, (items.value?.nextCursor ?? null) !== null, rest.length),
    };
  },
  load,
  again: load,
  more: readMore,
  on: {
    readMore,
    toList: () => go(routes.list),
    toMembership: () => go(buyRoutes.membership),
    toCode: () => go(buyRoutes.code),
    toGroups: () => go(talkRoutes.groups),
    chooseKind: (self, event: TapEvent<{ readonly id: ShelfKind | '' }>) => {
      self.set({ kind: event.currentTarget.dataset.id, items: unread });
      return read(self);
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
