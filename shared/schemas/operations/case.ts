/** Cases: what no rule can decide and a person has to look at, with the story told. */
import * as z from 'zod';
import { Fen, OrderId, ProductId, pageOf, storedText, TimeMs, UserId } from '../base.ts';
import { Resolution } from '../identity/staff.ts';

/** Why somebody has to look. */
export const CaseKind = z.enum([
  /** A buyer complained to the platform about an order. */
  'complaint',
  /** The rail ended a refund without giving the money back. */
  'refund_closed',
  /** The rail cannot give the money back by itself. */
  'refund_abnormal',
  /** Money cannot go back as long as there is too little in the merchant's account; it is asked for again and again. */
  'refund_unfunded',
  /** Something that an event should have caused was given up. */
  'task_dead',
  /** Asking the rail to give money back was given up. */
  'refund_dead',
  /** An order was paid twice, at a rail where we cannot give the second payment back. */
  'second_payment',
  /** Money came after the order was closed, and what it had held was gone: the buyer got the goods at our cost. */
  'late_honoured',
  /** Somebody paid for what they could use for ever by then: it may be owed. */
  'bought_twice',
  /** Money had gone back at the rail, all of it or a part, before we heard that it came: it granted nothing. */
  'refunded_at_rail',
  /** Money came for an order that is no longer in the store, and we cannot give it back. */
  'order_lost',
  /**
   * The platform gave a part of an order's money back without being asked by us, and we do not know what for; or it has
   * given back more than we know of, and a refund of ours waits for the rest of the story.
   */
  'platform_refund',
  /** Our books and the rail's bill tell different stories. */
  'reconciliation',
  /** What is stored contradicts itself: a rule that always holds does not. */
  'invariant',
  /** The platform refused something that we sell. */
  'goods_refused',
  /** The platform did not take the news that something was delivered. */
  'shipping_failed',
  /** A buyer or the shop has waited for something for most of a day. */
  'waiting',
  /** A platform refuses us: our account or configuration is wrong, or it says what nobody here knows. */
  'platform_refused',
  /** Somebody wanted to bind a WeChat account whose user has something of their own. */
  'wechat_taken',
]);
export type CaseKind = z.infer<typeof CaseKind>;

/** A case's id, made from what caused it: `<kind>:<cause>`. */
export const CaseId = z.string().regex(/^[a-z_]{1,40}:[\x21-\x7e]{1,119}$/);
export type CaseId = z.infer<typeof CaseId>;

/** A stored case. Once for each cause; the ids say what it is about, as far as it is known. */
export const Case = z.object({
  id: CaseId,
  kind: CaseKind,
  state: z.enum(['open', 'closed']),
  orderId: OrderId.nullable(),
  userId: UserId.nullable(),
  productId: ProductId.nullable(),
  /** Our number of the refund. */
  refundId: z.string().max(64).nullable(),
  /** The rail's number of the payment. */
  transactionId: z.string().max(64).nullable(),
  /** How much money it is about; null when it is about none, or nobody knows. */
  amountFen: Fen.nullable(),
  /** What happened, for staff to read. */
  story: z.string().min(1).max(1000),
  openedAtMs: TimeMs,
  closedAtMs: TimeMs.nullable(),
  closedBy: UserId.nullable(),
  /** What was done about it, in the words of who closed it. */
  resolution: storedText(Resolution).nullable(),
});
export type Case = z.infer<typeof Case>;

/** One page of cases. */
export const CasePage = pageOf(Case);
