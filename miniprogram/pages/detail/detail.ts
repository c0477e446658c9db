/** A product of any kind: what it is, what it costs the caller, and what they have of it. */
import type { CourseProgressView, GroupItem, ProductKind } from '../../../client/types.ts';
import type { PhoneEvent, TapEvent } from '../../../local/phone/platform.ts';
import { type Detail, type DetailView, detailView } from '../../model/detail.ts';
import type { Failure } from '../../model/failure.ts';
import { type Loaded, unread } from '../../model/loaded.ts';
import { buyRoutes, routes, studyRoutes, talkRoutes, wayToStudy } from '../../model/routes.ts';
import { leadOn, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { features } from '../../wx/features.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';
import { cached } from '../../wx/store.ts';

interface Model {
  readonly detail: Loaded<Detail>;
  readonly progress: Loaded<CourseProgressView>;
  /** The groups of what somebody has, which they may enter. */
  readonly groups: Loaded<readonly GroupItem[]>;
  readonly isPutting: boolean;
  readonly isTrying: boolean;
  readonly isInCart: boolean;
  /** What the last button failed with; null for nothing. */
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly detail: DetailView | null;
  readonly cart: string;
  readonly isPutting: boolean;
  readonly isTrying: boolean;
  readonly groups: readonly { readonly id: string; readonly title: string }[];
  readonly needsPhone: boolean;
  readonly wrong: string;
}

const idOf = (self: Self<Model>) => self.query.id ?? '';

/** A course is asked for as such. Who was told nothing but an id asks what it is first. */
async function ask(id: string, kind: string | undefined): Promise<Detail> {
  if (kind === 'course') return { kind, of: await client.getCourse({ id }) };
  const of = await client.getProduct({ id });
  return of.kind === 'course' ? ask(id, 'course') : { kind: of.kind, of };
}

/** What is kept is shown at once and read again each time, because it says what the caller has and pays. */
const read = (self: Self<Model>) =>
  self.read(
    'detail',
    cached(`detail:${idOf(self)}`, 0, () => ask(idOf(self), self.query.kind)),
  );

/** The groups of a product, where there are groups. */
async function readGroups(self: Self<Model>): Promise<void> {
  const on = await features();
  if (on === null || on.groups === 'off') return;
  await self.read('groups', async () => (await client.listGroups({ productId: idOf(self) })).items);
}

/** What somebody has is shown with its groups, and a course with how far they are. */
async function load(self: Self<Model>): Promise<void> {
  await read(self);
  const { value } = self.model.detail;
  if (value?.of.owned?.isOwned !== true) return;
  await Promise.all([
    readGroups(self),
    value.kind === 'course' && self.read('progress', () => client.getProgress({ id: idOf(self) })),
  ]);
}

async function startTrial(self: Self<Model>): Promise<void> {
  if (self.model.isTrying) return;
  self.set({ isTrying: true, failure: null });
  try {
    await client.startTrial({ id: idOf(self) });
    self.set({ isTrying: false });
    await load(self);
  } catch (caught) {
    self.set({ isTrying: false, failure: failureOf(caught) });
  }
}

const own = page({
  model: (): Model => ({
    detail: unread,
    progress: unread,
    groups: unread,
    isPutting: false,
    isTrying: false,
    isInCart: false,
    failure: null,
  }),
  view: ({ detail, progress, groups, isPutting, isTrying, isInCart, failure }, nowMs): View => ({
    line: leadOn(stateLineOf(detail), '去选课'),
    detail: detail.value === null ? null : detailView(detail.value, nowMs, progress.value),
    cart: isInCart ? '去购物车' : '加入购物车',
    isPutting,
    isTrying,
    groups: (groups.value ?? []).map(({ id, title }) => ({ id, title })),
    needsPhone: failure?.code === 'phone.required',
    wrong: failure === null || failure.code === 'phone.required' ? '' : failure.message,
  }),
  load,
  again: load,
  share: (self) => {
    const detail = self.model.detail.value;
    const kind: ProductKind | '' = detail?.kind ?? '';
    return { title: detail?.of.title ?? '知课', path: routes.detail(idOf(self), kind) };
  },
  on: {
    toList: () => go(routes.list),
    toMembership: () => go(buyRoutes.membership),
    give: (self) => go(buyRoutes.checkout([idOf(self)], 1)),
    toCertificate: (self) => go(studyRoutes.certificate(idOf(self))),
    study: (self) => {
      const { value } = self.model.detail;
      return value === null ? undefined : go(wayToStudy(idOf(self), value.kind));
    },
    openLesson: (self, { detail }: PhoneEvent<{ readonly id: string; readonly isText: boolean }>) => {
      const way = detail.isText ? studyRoutes.reader : studyRoutes.player;
      return go(way(idOf(self), detail.id));
    },
    buy: (self) => go(buyRoutes.checkout([idOf(self)])),
    startTrial,
    closePhone: (self) => self.set({ failure: null }),
    toGroup: (_, { currentTarget }: TapEvent<{ readonly id: string }>) =>
      go(talkRoutes.group(currentTarget.dataset.id)),
    putInCart: async (self) => {
      if (self.model.isInCart) return go(buyRoutes.cart);
      if (self.model.isPutting) return;
      self.set({ isPutting: true, failure: null });
      try {
        await client.putCartItem({ productId: idOf(self) });
        self.set({ isPutting: false, isInCart: true });
      } catch (caught) {
        self.set({ isPutting: false, failure: failureOf(caught) });
      }
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
