/** The gifts that the caller bought, each with its link to be shared. */
import type { MyGiftView } from '../../../client/types.ts';
import { type GivenView, givenView } from '../../model/giftView.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { buyRoutes, routes } from '../../model/routes.ts';
import { moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

/** A gift under an id of its own: an order may have several. */
type Gift = MyGiftView & { readonly id: string };

interface Model {
  readonly gifts: Loaded<Paged<Gift>>;
  readonly more: Loaded<unknown>;
}

/** What the template reads. */
export interface View {
  readonly state: StateLine | null;
  readonly gifts: readonly GivenView[];
  readonly more: StateLine | null;
}

type Own = Self<Model>;

function view({ gifts, more }: Model, nowMs: number): View {
  const { value } = gifts;
  const empty = { title: '还没有送出的礼物', action: '挑一份礼物' };
  return {
    state: stateLineOf(gifts, empty, ({ items }) => items.length === 0),
    gifts: (value?.items ?? []).map((gift) => givenView(gift, nowMs)),
    more:
      value === null || value.items.length === 0
        ? null
        : moreLineOf(more, value.nextCursor !== null, value.items.length),
  };
}

async function giftsFrom(cursor?: string): Promise<Paged<Gift>> {
  const found = await client.listGifts({ cursor });
  return {
    ...found,
    items: found.items.map((gift) => ({ ...gift, id: `${gift.orderId}:${gift.productId}` })),
  };
}

const load = (self: Own) => self.read('gifts', () => giftsFrom());

const own = page({
  model: (): Model => ({ gifts: unread, more: unread }),
  view,
  load,
  again: load,
  more: (self: Own) => self.readNext('gifts', 'more', giftsFrom),
  share({ model }: Own, { target }) {
    const gift = model.gifts.value?.items.find(({ id }) => id === target?.dataset.id);
    if (gift === undefined) return { title: '知课', path: routes.home };
    return { title: `送你一份礼物：${gift.title}`, path: buyRoutes.claim(gift.token) };
  },
  on: {
    browse() {
      return go(routes.list);
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
