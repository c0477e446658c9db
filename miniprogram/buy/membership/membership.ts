/** Membership: the plans with what they give, and what the caller has. */
import type { MembershipView, ProductCard } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { type CardView, cardOf } from '../../model/card.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { type MineView, mineViews, type PlanView, planViews } from '../../model/membershipView.ts';
import { buyRoutes, routes } from '../../model/routes.ts';
import { type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly plans: Loaded<Paged<ProductCard>>;
  readonly mine: Loaded<MembershipView>;
  /** Some of what members read for nothing. */
  readonly free: Loaded<Paged<ProductCard>>;
  readonly chosenId: string;
}

/** What the template reads. */
export interface View {
  readonly state: StateLine | null;
  readonly plans: readonly (PlanView & { readonly isChosen: boolean })[];
  readonly chosen: PlanView | null;
  readonly mine: readonly MineView[];
  readonly mineState: StateLine | null;
  readonly free: readonly CardView[];
}

type Own = Self<Model>;

/** How many things for members are shown. */
const SHOWN = 5;

function view({ plans, mine, free, chosenId }: Model, nowMs: number): View {
  const all = planViews(plans.value?.items ?? []);
  const chosen = all.find(({ id }) => id === chosenId) ?? all.find(({ isBest }) => isBest) ?? all[0] ?? null;
  return {
    state: stateLineOf(
      plans,
      { title: '暂时没有会员在售', action: '去逛逛' },
      ({ items }) => items.length === 0,
    ),
    plans: all.map((plan) => ({ ...plan, isChosen: plan === chosen })),
    chosen,
    mine: mine.value === null ? [] : mineViews(mine.value, nowMs),
    mineState: mine.failure === null ? null : stateLineOf(mine),
    free: (free.value?.items ?? []).map(cardOf),
  };
}

const own = page({
  model: (): Model => ({ plans: unread, mine: unread, free: unread, chosenId: '' }),
  view,
  load: (self: Own) =>
    Promise.all([
      self.read('plans', () => client.listProducts({ kind: 'membership' })),
      self.read('mine', () => client.getMembership()),
      self.read('free', () => client.listProducts({ memberFree: 'true', limit: SHOWN })),
    ]),
  on: {
    choose(self: Own, { currentTarget }: TapEvent<{ readonly id: string }>) {
      self.set({ chosenId: currentTarget.dataset.id });
    },
    buy({ model }: Own) {
      const { chosen } = view(model, Date.now());
      return chosen === null ? undefined : go(buyRoutes.checkout([chosen.id]));
    },
    browse() {
      return go(routes.list);
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
