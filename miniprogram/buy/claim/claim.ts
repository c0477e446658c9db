/** A gift that somebody was sent, and opens by its link. */
import type { ClaimGiftOutput } from '../../../client/client.ts';
import type { GiftView } from '../../../client/types.ts';
import type { Failure } from '../../model/failure.ts';
import { type ReceivedView, receivedView } from '../../model/giftView.ts';
import { type Loaded, unread } from '../../model/loaded.ts';
import { routes } from '../../model/routes.ts';
import { failureLine, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly gift: Loaded<GiftView>;
  readonly claimed: ClaimGiftOutput | null;
  readonly isBusy: boolean;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly state: StateLine | null;
  readonly gift: ReceivedView | null;
  readonly isClaimed: boolean;
  readonly isBusy: boolean;
  readonly failure: StateLine | null;
}

type Own = Self<Model>;

const tokenOf = ({ query }: Own) => decodeURIComponent(query.token ?? '');

function view({ gift, claimed, isBusy, failure }: Model, nowMs: number): View {
  return {
    state: stateLineOf(gift),
    gift: gift.value === null ? null : receivedView(gift.value, nowMs),
    isClaimed: claimed !== null,
    isBusy,
    failure: failure === null ? null : failureLine(failure),
  };
}

const load = (self: Own) => self.read('gift', () => client.getGift({ token: tokenOf(self) }));

/** Claims one copy. Claiming again changes nothing. */
async function claim(self: Own): Promise<void> {
  if (self.model.isBusy) return;
  self.set({ isBusy: true, failure: null });
  try {
    self.set({ claimed: await client.claimGift({ token: tokenOf(self) }) });
  } catch (caught) {
    const failure = failureOf(caught);
    if (failure.kind === 'refused') await load(self);
    self.set({ failure });
  } finally {
    self.set({ isBusy: false });
  }
}

const own = page({
  model: (): Model => ({ gift: unread, claimed: null, isBusy: false, failure: null }),
  view,
  load,
  on: {
    claim,
    open({ model: { gift, claimed } }: Own) {
      return gift.value === null || claimed === null
        ? undefined
        : go(routes.detail(claimed.productId, gift.value.kind));
    },
    browse() {
      return go(routes.home);
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
