/** Cases: matters that no rule can decide and a person has to look at, with the story told. */
import * as z from 'zod';
import { Fen, OrderId, ProductId, pageOf, storedText, TimeMs, UserId } from '../base.ts';
import { Resolution } from '../identity/staff.ts';

/** Why a person has to look at it. */
export const CaseKind = z.enum([
  /** A buyer complained to the platform about an order. */
  'complaint',
  /** The rail ended a refund without giving the money back. */
  'refund_closed',
  /** The rail cannot give the money back by itself. */
  'refund_abnormal',
  /** A refund cannot be made while the merchant's account has too little money. It is tried again and again. */
  'refund_unfunded',
  /** The task of an event was given up. */
  'task_dead',
  /** Asking the rail for a refund was given up. */
  'refund_dead',
  /** An order was paid twice, at a rail where we cannot give back the second payment. */
  'second_payment',
  /**
   * Money came after the order was closed, and the coupon, points or seats it had held were gone. The buyer got the
   * goods at our cost.
   */
  'late_honoured',
  /** Somebody paid for something that they could already use for ever. The money may be owed to them. */
  'bought_twice',
  /** All or part of the money had already gone back at the rail when we first heard of it. It granted nothing. */
  'refunded_at_rail',
  /** Money came for an order that is missing from the store, and we cannot give it back. */
  'order_lost',
  /**
   * The platform gave back part of an order's money by itself, and we do not know for what. Or it has given back
   * more than we know of, and a refund of ours waits until that is cleared up.
   */
  'platform_refund',
  /** Our books and the rail's bill differ. */
  'reconciliation',
  /** Stored data contradicts itself: an invariant does not hold. */
  'invariant',
  /** The platform refused to register goods that we sell. */
  'goods_refused',
  /** The platform refused our delivery report. */
  'shipping_failed',
  /** A buyer or the shop has waited for something for most of a day. */
  'waiting',
  /** A platform refuses our requests: our account or configuration is wrong, or its code is unknown to us. */
  'platform_refused',
  /** WeChat does not take a template of messages, or what we write into its fields. */
  'message_template',
  /** Somebody tried to bind a WeChat account whose user already owns something. */
  'wechat_taken',
  /** What somebody wrote waits for staff before others see it, or is looked at as a sample. */
  'content_review',
  /** People flagged what somebody wrote. */
  'content_flagged',
  /** An author asks staff to look at what was refused or removed. */
  'appeal',
  /** Somebody says that something infringes their rights. */
  'feedback_urgent',
  /** Somebody wants to answer paid questions, on terms that staff have not seen yet. */
  'expert_asked',
  /** An asker does not accept the answer to a paid question. */
  'question_dispute',
  /** A question's money is to go back, and we cannot give it back. */
  'question_unrefundable',
]);
export type CaseKind = z.infer<typeof CaseKind>;

/** A case's id, derived from its cause: `<kind>:<cause>`. */
export const CaseId = z.string().regex(/^[a-z_]{1,40}:[\x21-\x7e]{1,119}$/);
export type CaseId = z.infer<typeof CaseId>;

/** A stored case, one for each cause. The ids say what it is about, as far as they are known. */
export const Case = z.object({
  id: CaseId,
  kind: CaseKind,
  state: z.enum(['open', 'closed']),
  orderId: OrderId.nullable(),
  userId: UserId.nullable(),
  productId: ProductId.nullable(),
  /** Our number for the refund. */
  refundId: z.string().max(64).nullable(),
  /** The rail's number for the payment. */
  transactionId: z.string().max(64).nullable(),
  /** The amount concerned; null when it is about no money, or unknown. */
  amountFen: Fen.nullable(),
  /** What happened, in words for staff. */
  story: z.string().min(1).max(1000),
  openedAtMs: TimeMs,
  closedAtMs: TimeMs.nullable(),
  closedBy: UserId.nullable(),
  /** What was done about it, in the words of the person who closed it. */
  resolution: storedText(Resolution).nullable(),
});
export type Case = z.infer<typeof Case>;

/** One page of cases. */
export const CasePage = pageOf(Case);
