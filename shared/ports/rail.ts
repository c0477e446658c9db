import type { Refusal } from '../errors.ts';
import type { Fen, OrderId, TimeMs } from '../schemas/base.ts';
import type { Day } from '../schemas/books/journal.ts';
import type { UnreadableLine } from '../schemas/books/reconciliation.ts';
import type { Platform } from '../schemas/orders/order.ts';

/** What a rail can do for an order of one platform, as data: flows branch on it and never on the rail's name. */
export interface RailAbilities {
  /**
   * Whether the rail can be told to take no more money for an order. Where it cannot, an order is closed here alone,
   * and money that comes late is honoured if what the order held can be had again.
   */
  readonly mayClose: boolean;
  /** Otherwise money that has to go back becomes a case for staff. */
  readonly mayRefund: boolean;
  /** How many lines an order may have; null for no limit of the rail's own. */
  readonly linesMax: number | null;
  /** Whether each price has to be known to the platform before it can be sold. */
  readonly needsGoods: boolean;
  /** Whether the phone's payment is signed with the buyer's session key. */
  readonly needsSessionKey: boolean;
}

/** What the rail says of money that came for an order. Everything in it is checked again by `settlePayment`. */
export interface PaymentNews {
  readonly rail: PaidRail;
  readonly appid: string;
  readonly merchantId: string;
  /** Our order's id, as the rail echoes it: any text. */
  readonly orderNumber: string;
  readonly transactionId: string;
  readonly state: 'success';
  /** What the buyer was charged. */
  readonly totalFen: number;
  readonly currency: string;
  readonly openid: string | null;
  readonly paidAtMs: TimeMs;
  /** Whether some of it has gone back at the rail already. */
  readonly hasRefunds: boolean;
  /** How much has gone back or is on its way, where the rail tells. */
  readonly movedBackFen?: number | undefined;
  /** How much has gone back, where the rail's bills were added up: then all of it is known. */
  readonly backFen?: number;
  /** Of a rail that gives money back by itself: whether nothing of it is left there, for good. */
  readonly isAllBack?: boolean;
  /** Whether Apple took the money, whatever the phone said it was when it ordered: then only Apple gives it back. */
  readonly isByApple?: boolean | undefined;
}

/** What the rail says of a refund. `accepted` is not `success`. */
export interface RefundNews {
  /** The merchant's number: ours, unless somebody refunded at the merchant's console. */
  readonly refundId: string;
  readonly state: 'processing' | 'success' | 'closed' | 'abnormal';
  readonly refundFen: number;
  readonly transactionId: string;
  /** What the platform said, where it refused to make this refund. */
  readonly refusal?: Refusal;
}

/** What became of an order at the rail. `absent`: the rail has never heard of it. */
export type PaymentState =
  | { readonly state: 'success'; readonly news: PaymentNews }
  | { readonly state: 'unpaid' | 'closed' | 'absent' };

/** What the mini-program pays with: the arguments of `wx.requestPayment`, or of `wx.requestVirtualPayment`. */
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
      /** To be handed on byte for byte. */
      readonly signData: string;
      readonly paySig: string;
      readonly signature: string;
    };

/** One line of a rail's bill. */
export interface BillRow {
  readonly kind: 'payment' | 'refund';
  readonly transactionId: string;
  readonly orderNumber: string;
  /** The number of a refund: the merchant's, or, where there is none, the rail's own. Null for a payment. */
  readonly refundId: string | null;
  /** What the order cost, or what was to go back. */
  readonly amountFen: number;
  /** What of it the rail owes the shop, or takes from it: less a coupon that the shop itself gives at the rail. */
  readonly settledFen: number;
  /** What the rail keeps of what it settles; negative where it gives back. */
  readonly feeFen: number;
  readonly state: 'success' | 'processing' | 'closed' | 'abnormal';
  readonly currency: string;
  /** When it was paid, or when it went back. */
  readonly atMs: TimeMs;
  readonly openid: string | null;
  /** Of a payment, where the rail tells: whether Apple took it. */
  readonly isByApple?: boolean | undefined;
}

/** A rail's bill of some days. One line that cannot be read takes no other with it. */
export interface Bill {
  readonly rows: readonly BillRow[];
  /** Lines that are no rows: to be put before staff, each by itself. */
  readonly unreadable: readonly UnreadableLine[];
}

/** A rail that money moves on. */
export type PaidRail = 'wxpay' | 'xpay';

/** A way to pay. Each call may be repeated with the same arguments. All throw pay.unavailable when no clear answer came. */
export interface PayRail {
  readonly name: PaidRail;
  /** Whom the money must be for: compared with every notice and answer. */
  readonly merchant: { readonly appid: string; readonly merchantId: string };
  abilities(platform: Platform): RailAbilities;
  /**
   * Opens the order at the rail, and answers the ticket that `request` needs; null where nothing has to be opened.
   * @throws order.already_paid, order.expired (closed there), pay.unavailable
   */
  open(asked: {
    readonly orderId: OrderId;
    readonly description: string;
    readonly amountFen: Fen;
    readonly openid: string;
    readonly expiresAtMs: TimeMs;
  }): Promise<{ readonly ticket: string | null }>;
  /** Signs what the phone needs to pay. No call to the outside. */
  request(asked: {
    readonly orderId: OrderId;
    readonly ticket: string | null;
    readonly payableFen: Fen;
    /** As the platform knows what is sold, where it has to; its price may be above `payableFen`. */
    readonly goods: { readonly id: string; readonly priceFen: Fen } | null;
    readonly sessionKey: string | null;
  }): PhonePayment;
  query(asked: { readonly orderId: OrderId; readonly openid: string }): Promise<PaymentState>;
  /** Closes at the rail; `paid` when it is too late for that, `absent` when the rail never heard of it. Only where `mayClose`. */
  close(orderId: OrderId): Promise<'closed' | 'paid' | 'absent'>;
  /** Asks for money back. The same `refundId` refunds once, however often it is asked. Only where `mayRefund`. */
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
    /** The payment it gives back. */
    readonly transactionId: string;
  }): Promise<RefundNews | null>;
  /**
   * Says that an order was delivered, at a rail that holds the money until it is told: by the answer to its push, or by
   * this where no push came. Safe to repeat.
   */
  provide?(orderId: OrderId): Promise<void>;
}

/** A rail that sends bills. */
export interface BilledRail extends PayRail {
  /** What the rail is agreed to keep of what it settles of a payment, to the nearest fen; null where that is not known beforehand. */
  readonly feeBasisPoints: number | null;
  /**
   * Everything that was paid and that went back on some days of Shanghai's calendar, which follow each other and are 31 at
   * most, checked against the bill's own sums. A bill is asked for when it should be there (`billReadyAtMs`) and not
   * before; null when the rail is still making it.
   * @throws pay.unavailable when there is no clear answer, and for what is no whole bill
   */
  bill(days: readonly Day[]): Promise<Bill | null>;
}
