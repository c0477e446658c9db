/** A product of any kind: what it is, what it costs the caller, and what they have of it. */
import type { CourseProgressView, ProductKind } from '../../../client/types.ts';
import type { PhoneEvent } from '../../../local/phone/platform.ts';
import { type Detail, type DetailView, detailView } from '../../model/detail.ts';
import { type Loaded, unread } from '../../model/loaded.ts';
import { buyRoutes, routes, studyRoutes, wayToStudy } from '../../model/routes.ts';
import { leadOn, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';
import { cached } from '../../wx/store.ts';

interface Model {
  readonly detail: Loaded<Detail>;
  readonly progress: Loaded<CourseProgressView>;
  readonly isPutting: boolean;
  readonly isTrying: boolean;
  readonly isInCart: boolean;
  /** What the last button failed with; empty for nothing. */
  readonly wrong: string;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly detail: DetailView | null;
  readonly cart: string;
  readonly isPutting: boolean;
  readonly isTrying: boolean;
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

/** A course that somebody has is shown with how far they are. */
async function load(self: Self<Model>): Promise<void> {
  await read(self);
  const { value } = self.model.detail;
  if (value?.kind !== 'course' || value.of.owned?.isOwned !== true) return;
  await self.read('progress', () => client.getProgress({ id: idOf(self) }));
}

const own = page({
  model: (): Model => ({
    detail: unread,
    progress: unread,
    isPutting: false,
    isTrying: false,
    isInCart: false,
    wrong: '',
  }),
  view: ({ detail, progress, isPutting, isTrying, isInCart, wrong }, nowMs): View => ({
    line: leadOn(stateLineOf(detail), '去选课'),
    detail: detail.value === null ? null : detailView(detail.value, nowMs, progress.value),
    cart: isInCart ? '去购物车' : '加入购物车',
    isPutting,
    isTrying,
    wrong,
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
    startTrial: async (self) => {
      if (self.model.isTrying) return;
      self.set({ isTrying: true, wrong: '' });
      try {
        await client.startTrial({ id: idOf(self) });
        self.set({ isTrying: false });
        await load(self);
      } catch (caught) {
        self.set({ isTrying: false, wrong: failureOf(caught).message });
      }
    },
    putInCart: async (self) => {
      if (self.model.isInCart) return go(buyRoutes.cart);
      if (self.model.isPutting) return;
      self.set({ isPutting: true, wrong: '' });
      try {
        await client.putCartItem({ productId: idOf(self) });
        self.set({ isPutting: false, isInCart: true });
      } catch (caught) {
        self.set({ isPutting: false, wrong: failureOf(caught).message });
      }
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
