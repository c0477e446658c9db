/** A drop of coupons that somebody was sent, by a card in a chat or by a link. */
import { ZhikeError } from '../../../client/client.ts';
import type { CouponView, DropView } from '../../../client/types.ts';
import { type DropShown, dropShown } from '../../model/dropView.ts';
import type { Failure } from '../../model/failure.ts';
import { type Loaded, ready, unread } from '../../model/loaded.ts';
import { buyRoutes, routes, talkRoutes } from '../../model/routes.ts';
import { failureLine, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { chatProof } from '../../wx/chat.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go } from '../../wx/go.ts';
import { login } from '../../wx/login.ts';
import { page, type Self } from '../../wx/page.ts';
import { mayLoginSilently, session } from '../../wx/session.ts';

interface Model {
  readonly drop: Loaded<DropView>;
  /** What was claimed just now; null for nothing. */
  readonly coupon: CouponView | null;
  /** Why a claim was refused to this person; empty for no reason. */
  readonly refused: string;
  readonly isBusy: boolean;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly drop: DropShown | null;
  readonly isBusy: boolean;
  readonly wrong: StateLine | null;
}

type Own = Self<Model>;

const idOf = (self: Own) => self.query.id ?? '';

async function load(self: Own): Promise<void> {
  self.set({ refused: '', failure: null });
  await self.read('drop', async () => (await client.getDrop({ id: idOf(self) })).drop);
}

/** Why a drop is not for this person; null for any other error. */
function reasonOf(caught: unknown): string | null {
  if (!(caught instanceof ZhikeError) || caught.code !== 'drop.not_yours') return null;
  return typeof caught.params.reason === 'string' ? caught.params.reason : '';
}

/** A proof is sealed with the key of the newest login, so who is not logged in yet logs in before it is asked for. */
async function claim(self: Own): Promise<CouponView> {
  if (session() === null && mayLoginSilently()) await login();
  const isForChat = self.model.drop.value?.audience === 'wechat_group';
  const proof = isForChat ? await chatProof() : null;
  return (await client.claimDrop({ id: idOf(self), proof })).coupon;
}

/** Claims. Where the key has ended, so that the server could not read the proof, it logs in anew and tries again. */
async function claimReadable(self: Own): Promise<CouponView> {
  try {
    return await claim(self);
  } catch (caught) {
    if (reasonOf(caught) !== 'proof_unreadable' || !mayLoginSilently()) throw caught;
    await login();
    return claim(self);
  }
}

const own = page({
  model: (): Model => ({ drop: unread, coupon: null, refused: '', isBusy: false, failure: null }),
  view: ({ drop, coupon, refused, isBusy, failure }, nowMs): View => ({
    line: stateLineOf(drop),
    drop: drop.value === null ? null : dropShown(drop.value, { refused, coupon }, nowMs),
    isBusy,
    wrong: failure === null ? null : failureLine(failure),
  }),
  seen: () => wx.updateShareMenu({ withShareTicket: true }),
  load,
  again: load,
  share: (self) => ({ title: self.model.drop.value?.title ?? '福利', path: talkRoutes.drop(idOf(self)) }),
  on: {
    claim: async (self: Own) => {
      const { isBusy, drop } = self.model;
      if (isBusy || drop.value === null) return;
      self.set({ isBusy: true, failure: null });
      try {
        const coupon = await claimReadable(self);
        const { value } = self.model.drop;
        if (value !== null) self.set({ coupon, drop: ready({ ...value, isClaimed: true, whyNot: null }) });
      } catch (caught) {
        const failure = failureOf(caught);
        const refused = reasonOf(caught);
        if (failure.kind === 'refused') await load(self);
        self.set(refused === null ? { failure } : { refused });
      } finally {
        self.set({ isBusy: false });
      }
    },
    use: () => go(buyRoutes.coupons),
    browse: () => go(routes.home),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
