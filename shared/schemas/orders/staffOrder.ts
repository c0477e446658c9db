/** Orders as staff see them, with everything that belongs to them. */
import * as z from 'zod';
import { Fen, OrderId, ProductId, pageOf, TimeMs, UserId } from '../base.ts';
import { CouponView } from '../coupons/coupon.ts';
import { Case } from '../operations/case.ts';
import { Payment, Receipt, TrackedException } from '../payments/payment.ts';
import { PointsEntryView } from '../points/points.ts';
import { StaffRefundView } from '../refunds/refund.ts';
import { TaskView } from '../task.ts';
import { Order, OrderState, OrderView, Platform, Rail } from './order.ts';

/** One order in a list. */
export const StaffOrderRow = z.object({
  id: OrderId,
  userId: UserId,
  state: OrderState,
  titles: z.array(z.string()),
  payableFen: Fen,
  refundingFen: Fen,
  refundedFen: Fen,
  rail: Rail,
  platform: Platform,
  createdAtMs: TimeMs,
  paidAtMs: TimeMs.nullable(),
});
export type StaffOrderRow = z.infer<typeof StaffOrderRow>;

/** One page of orders, for staff. */
export const StaffOrderPage = pageOf(StaffOrderRow);

/** A payment as staff see it. */
export const StaffPaymentView = Payment.omit({ openid: true, prepayId: true, userId: true }).extend({
  openidMasked: z.string().nullable(),
});
export type StaffPaymentView = z.infer<typeof StaffPaymentView>;

/** One payment in a list, under its order's id. */
export const PaymentRow = Payment.omit({ openid: true, prepayId: true, prepayAtMs: true });
export type PaymentRow = z.infer<typeof PaymentRow>;

/** One page of payments, for staff. */
export const PaymentPage = pageOf(PaymentRow);

/** An order with everything that became of it. */
export const StaffOrderView = z.object({
  order: OrderView.extend({ userId: UserId, isHonoured: Order.shape.isHonoured }),
  payment: StaffPaymentView.nullable(),
  /** All money received for it. */
  receipts: z.array(Receipt),
  refunds: z.array(StaffRefundView),
  /** Whether we can give its money back: it is paid, and its rail refunds orders of its platform. */
  mayRefund: z.boolean(),
  /** Its refunds that wait for a decision of staff. */
  openRefunds: z.array(StaffRefundView),
  /** How much of each line can still be asked for: what is left of it, without what open refunds ask for. */
  refundable: z.array(z.object({ productId: ProductId, askableFen: Fen })),
  coupon: CouponView.nullable(),
  /** The points-ledger entries that it caused. */
  points: z.array(PointsEntryView),
  exceptions: z.array(TrackedException),
  cases: z.array(Case),
  /** Its tasks, done and pending. */
  tasks: z.array(TaskView),
});
export type StaffOrderView = z.infer<typeof StaffOrderView>;
