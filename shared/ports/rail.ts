import type { Refusal } from '../errors.ts';
import type { Fen, OrderId, TimeMs } from '../schemas/base.ts';
import type { Day } from '../schemas/books/journal.ts';
import type { UnreadableLine } from '../schemas/books/reconciliation.ts';
import type { Platform } from '../schemas/orders/order.ts';

/** What a rail can do for an order on one platform, as data. Flows branch on these, never on the rail's name. */
export interface RailAbilities {
  /**
   * Whether the rail can be told to take no more money for an order. If not, an order is closed only here, and late
   * money is honoured if what the order had held is still available.
   */
  readonly mayClose: boolean;
  /** Whether we can refund. If not, money that has to go back becomes a case for staff. */
  readonly mayRefund: boolean;
  /** The largest number of lines in an order; null when the rail has no limit. */
  readonly linesMax: number | null;
  /** Whether the platform has to know each price before it can be sold. */
  readonly needsGoods: boolean;
  /** Whether the phone's payment is signed with the buyer's session key. */
  readonly needsSessionKey: boolean;
}

/** The rail's report of money for an order. `settlePayment` checks all of it again. */
export interface PaymentNews {
  readonly rail: PaidRail;
  readonly appid: string;
  readonly merchantId: string;
  /** Our order's id as the rail returns it. It may be any text. */
  readonly orderNumber: string;
  readonly transactionId: string;
  readonly state: 'success';
  /** What the buyer was charged, in fen. */
  readonly totalFen: number;
  readonly currency: string;
  readonly openid: string | null;
  readonly paidAtMs: TimeMs;
  /** Whether some of it has already gone back at the rail. */
  readonly hasRefunds: boolean;
  /** How much has gone back or is on its way, in fen; left out where the rail does not say. */
  readonly movedBackFen?: number | undefined;
  /**
   * How much has gone back, in fen, summed over the rail's bills, which are complete; left out when they were not
   * summed.
   */
  readonly backFen?: number;
  /** For a rail that refunds by itself: whether all of it has finally gone back. */
  readonly isAllBack?: boolean;
  /** Whether Apple took the money, whatever platform the phone stated. Then only Apple can give it back. */
  readonly isByApple?: boolean | undefined;
}

/** The rail's report of a refund. A refund that was accepted is `processing`, not `success`. */
export interface RefundNews {
  /** The merchant's refund number: ours, unless somebody refunded at the merchant's console. */
  readonly refundId: string;
  readonly state: 'processing' | 'success' | 'closed' | 'abnormal';
  readonly refundFen: number;
  readonly transactionId: string;
  /** The platform's answer, when it refused to make this refund. */
  readonly refusal?: Refusal;
}

/** What became of an order at the rail. `absent`: the rail has never heard of it. */
export type PaymentState =
  | { readonly state: 'success'; readonly news: PaymentNews }
  | { readonly state: 'unpaid' | 'closed' | 'absent' };

/** What the mini-program pays with: the arguments of `wx.requestPayment` or of `wx.requestVirtualPayment`. */
export type PhonePayment =
  | {
      readonly rail: 'wxpay';
      readonly timeStamp: string;
      readonly nonceStr: string;
      readonly package: string;
      readonly signType: 'RSA';
      readonly paySign: string;
    }
  | {
      readonly rail: 'xpay';
      readonly mode: 'short_series_goods';
      /** To be passed on byte for byte. */
      readonly signData: string;
      readonly paySig: string;
      readonly signature: string;
    };

/** One line of a rail's bill. */
export interface BillRow {
  readonly kind: 'payment' | 'refund';
  readonly transactionId: string;
  readonly orderNumber: string;
  /** The refund number: the merchant's, or the rail's own when there is none. Null for a payment. */
  readonly refundId: string | null;
  /** What the order cost, or what was to go back, in fen. */
  readonly amountFen: number;
  /**
   * The part of it that is settled with the shop, in fen. It is less than `amountFen` when the shop gave a coupon at
   * the rail.
   */
  readonly settledFen: number;
  /** The rail's fee, in fen; negative when the rail gives it back. */
  readonly feeFen: number;
  readonly state: 'success' | 'processing' | 'closed' | 'abnormal';
  readonly currency: string;
  /** When it was paid, or when it went back. */
  readonly atMs: TimeMs;
  readonly openid: string | null;
  /** For a payment, where the rail says so: whether Apple took it. */
  readonly isByApple?: boolean | undefined;
}

/** A rail's bill for some days. An unreadable line does not affect the others. */
export interface Bill {
  readonly rows: readonly BillRow[];
  /** Lines that could not be read as rows. Each becomes a case for staff. */
  readonly unreadable: readonly UnreadableLine[];
}

/** A rail that moves money. */
export type PaidRail = 'wxpay' | 'xpay';

/**
 * A payment rail. Each call may be repeated with the same arguments. All calls throw pay.unavailable when no clear
 * answer came.
 */
export interface PayRail {
  readonly name: PaidRail;
  /** The merchant that money must be for. Every notice and answer is compared with it. */
  readonly merchant: { readonly appid: string; readonly merchantId: string };
  abilities(platform: Platform): RailAbilities;
  /**
   * Opens the order at the rail, and resolves to the ticket that `request` needs; null where nothing has to be
   * opened.
   * @throws order.already_paid, order.expired (closed at the rail), pay.unavailable
   */
  open(asked: {
    readonly orderId: OrderId;
    readonly description: string;
    readonly amountFen: Fen;
    readonly openid: string;
    readonly expiresAtMs: TimeMs;
  }): Promise<{ readonly ticket: string | null }>;
  /** Signs what the phone needs to pay. It does not call the outside. */
  request(asked: {
    readonly orderId: OrderId;
    readonly ticket: string | null;
    readonly payableFen: Fen;
    /** The goods as the platform knows them, where it needs them. Their price may be above `payableFen`. */
    readonly goods: { readonly id: string; readonly priceFen: Fen } | null;
    readonly sessionKey: string | null;
  }): PhonePayment;
  query(asked: { readonly orderId: OrderId; readonly openid: string }): Promise<PaymentState>;
  /**
   * Closes the order at the rail. `paid`: it was already paid. `absent`: the rail never heard of it. Only where
   * `mayClose`.
   */
  close(orderId: OrderId): Promise<'closed' | 'paid' | 'absent'>;
  /**
   * Asks for a refund. `refundId` is the idempotency key: it refunds once, however often it is asked. Only where
   * `mayRefund`.
   */
  refund(asked: {
    readonly refundId: string;
    readonly orderId: OrderId;
    readonly openid: string;
    readonly transactionId: string;
    readonly refundFen: Fen;
    readonly totalFen: Fen;
    readonly reason: string;
  }): Promise<RefundNews>;
  /** What became of a refund; null when the rail has never heard of it. */
  queryRefund(asked: {
    readonly refundId: string;
    readonly orderId: OrderId;
    readonly openid: string;
    /** The payment that it gives back. */
    readonly transactionId: string;
  }): Promise<RefundNews | null>;
  /**
   * Reports an order as delivered, at a rail that holds the money until then. Normally the answer to its push does
   * this; the call is for when no push came. Safe to repeat.
   */
  provide?(orderId: OrderId): Promise<void>;
}

/** A rail that provides bills. */
export interface BilledRail extends PayRail {
  /**
   * The agreed fee in basis points of the settled amount, rounded to the fen for each payment; null where it is not
   * known beforehand.
   */
  readonly feeBasisPoints: number | null;
  /**
   * The bill for up to 31 consecutive Shanghai days, with everything paid and refunded in them, checked against the
   * bill's own sums. It must not be asked for before `billReadyAtMs`. Null while the rail is still making it.
   * @throws pay.unavailable when there is no clear answer, or the bill is incomplete
   */
  bill(days: readonly Day[]): Promise<Bill | null>;
}
