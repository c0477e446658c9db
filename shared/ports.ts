/**
 * Everything outside, one interface each: what it promises, in what unit, and what it throws. Each has a real
 * implementation in `shared/adapters` and a local one, and one test suite in `tests/ports` that both pass.
 */
import type * as z from 'zod';
import type { Fen, OrderId, TimeMs, UserId } from './schemas/base.ts';
import type { Day } from './schemas/journal.ts';
import type { Platform } from './schemas/order.ts';
import type { Selling } from './schemas/promotion.ts';
import type { Role } from './schemas/user.ts';

// ── Database ────────────────────────────────────────────────────────────────────────────────────────────────

/** Any stored document. Its id is unique in its collection; everything else is JSON, `null` where nothing is there. */
export interface Doc {
  readonly id: string;
}

/** The fields an index sorts by, in order. Equality and `in` on a prefix of them, then at most one range. */
export interface IndexSpec {
  readonly fields: readonly string[];
}

/**
 * A collection, declared once in its data module: name, shape, version of the shape, and the only ways it can be
 * listed. `upgrade` turns a document of an older `schemaVersion` into the present shape when it is read.
 */
export interface Collection<D extends Doc = Doc> {
  readonly name: string;
  readonly schema: z.ZodType<D>;
  readonly version: number;
  readonly indexes: Readonly<Record<string, IndexSpec>>;
  readonly upgrade: ((doc: Record<string, unknown>, fromVersion: number) => unknown) | null;
}

/** What an index may be compared with: scalars only, so an operator object cannot reach a query. */
export type Scalar = string | number | boolean | null;

/** One page of a collection by one of its indexes; ties are broken by id. */
export interface Query {
  readonly index: string;
  /** Equality, or membership in 1 … 50 values, on the index's leading fields. */
  readonly where: Readonly<Record<string, Scalar | readonly Scalar[]>>;
  /** A range on the field after them: `from` inclusive, `below` exclusive. */
  readonly range?: { readonly field: string; readonly from?: Scalar; readonly below?: Scalar };
  readonly order: 'ascending' | 'descending';
  /** 1 … 1000. */
  readonly limit: number;
  /** The `nextCursor` of the page before, or null for the first. A cursor that is not ours is `request.invalid`. */
  readonly cursor: string | null;
}

/** A page. `nextCursor` is null when nothing follows. */
export interface Page<D> {
  readonly items: readonly D[];
  readonly nextCursor: string | null;
}

/** Reads outside a transaction: committed documents only. */
export interface Reader {
  find<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null>;
  /** In the order of `ids`, each once, leaving out what is not there. At most 100 ids. */
  findMany<D extends Doc>(collection: Collection<D>, ids: readonly string[]): Promise<D[]>;
  /** @throws a plain Error when the query fits no declared index: that is a bug, not bad input. */
  list<D extends Doc>(collection: Collection<D>, query: Query): Promise<Page<D>>;
}

/** A transaction's view: its own writes over committed documents. At most 64 documents. */
export interface Tx {
  /** A document this decision relies on: if another transaction changes or creates it first, `work` runs again. */
  find<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null>;
  /** A document that may change meanwhile without harm (catalogue, templates): no conflict. */
  peek<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null>;
  /** Creates. @throws DuplicateId when the id is taken (also by a transaction that commits first: then `work` runs again). */
  insert<D extends Doc>(collection: Collection<D>, doc: D): Promise<void>;
  /** Replaces the whole document of that id, and conflicts with every other writer of it. @throws a plain Error when there is none. */
  update<D extends Doc>(collection: Collection<D>, doc: D): Promise<void>;
  /** Removes; conflicts like `update`. @throws a plain Error when there is none. */
  remove<D extends Doc>(collection: Collection<D>, id: string): Promise<void>;
}

/** An id that was to be new is taken. Not catalogued: the caller knows what it means. */
export class DuplicateId extends Error {
  override readonly name = 'DuplicateId';
  constructor(
    readonly collection: string,
    readonly id: string,
  ) {
    super(`${collection}/${id} exists`);
  }
}

/** Documents, read by id or by a declared index, and changed in transactions by id. */
export interface Database extends Reader {
  /**
   * Runs `work` in one transaction, serializable over the documents it touches by id: it commits durably when
   * `work` resolves and leaves nothing behind when it throws. On a conflict, or when the answer to the commit is
   * lost, `work` runs again, a bounded number of times with full jitter, so it must touch nothing but `tx` and must
   * come to the same end when its first run did commit (ids made from causes see to that). What it throws reaches the
   * caller only if everything it had found was still so; otherwise it runs again.
   * @throws database.conflict when it gave up; database.unavailable when the engine does not answer.
   */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Every document of every collection, for audits and backups, in no promised order, as `{collection, id, version, doc}`. */
  exportAll(): AsyncIterable<{ collection: string; id: string; version: number; doc: unknown }>;
  close(): Promise<void>;
}

// ── Bus ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** A doorbell: "consumers of `topic` have a task for event `eventId`". The task itself is in the database. */
export interface Ring {
  /** The event's name, `order.paid`. */
  readonly topic: string;
  readonly eventId: string;
}

/** The broker. Best effort: may lose, repeat, delay and reorder; it never throws and promises nothing but trying. */
export interface Bus {
  ring(rings: readonly Ring[]): Promise<void>;
}

// ── Cache ───────────────────────────────────────────────────────────────────────────────────────────────────

/** A shared scratchpad that may forget anything at any time. */
export interface Cache {
  /**
   * The value under `key`, loaded once however many ask at the same time. A loaded `null` is remembered too (for a
   * tenth of the time), so that a missing key does not reach the database as a storm; lifetimes vary by ±10 %.
   */
  remember<T>(key: string, ttlMs: number, load: () => Promise<T>): Promise<T>;
  forget(key: string): Promise<void>;
  /** Adds one to a counter that starts at 0 and ends `windowMs` after its first count. Answers count and end. */
  count(key: string, windowMs: number): Promise<{ readonly count: number; readonly endsAtMs: TimeMs }>;
}

// ── WeChat ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Whom WeChat says a login code belongs to. */
export interface WechatSession {
  readonly openid: string;
  readonly unionid: string | null;
  /** Base64, 16 bytes. Never leaves the server, never stored in the clear. */
  readonly sessionKey: string;
}

/** WeChat's own server, as far as sessions need it. */
export interface Wechat {
  /** @throws auth.code_invalid, auth.login_blocked, request.too_many, wechat.unavailable */
  codeToSession(code: string): Promise<WechatSession>;
  /** Whether this is still the buyer's session key: a newer login may have ended it. @throws wechat.unavailable */
  checkSession(session: Pick<WechatSession, 'openid' | 'sessionKey'>): Promise<boolean>;
}

// ── Rails ───────────────────────────────────────────────────────────────────────────────────────────────────

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
  /** Of a rail that gives money back by itself: whether nothing of it is left there, for good. */
  readonly isAllBack?: boolean;
  /** Whether Apple took the money, whatever the phone said it was when it ordered: then only Apple gives it back. */
  readonly isByApple?: boolean | undefined;
}

/** What the rail says of a refund. `accepted` is not `success`. */
export interface RefundNews {
  /** Our number. */
  readonly refundId: string;
  readonly state: 'processing' | 'success' | 'closed' | 'abnormal';
  readonly refundFen: number;
  readonly transactionId: string;
}

/** What became of an order at the rail. `absent`: the rail has never heard of it. */
export type PaymentState =
  | { readonly state: 'success'; readonly news: PaymentNews }
  | { readonly state: 'unpaid' | 'closed' | 'absent' };

/** A verified, decrypted notice. */
export type PayNotice =
  | { readonly kind: 'payment'; readonly news: PaymentNews }
  | { readonly kind: 'refund'; readonly news: RefundNews }
  /** Genuine, and of a kind we have no use for (a payment that did not succeed, an unknown event type). */
  | { readonly kind: 'other'; readonly eventType: string };

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
  /** Our number of the refund; null for a payment, and for a refund that we did not ask for. */
  readonly refundId: string | null;
  readonly amountFen: number;
  /** What the rail keeps of it; negative where it gives back. */
  readonly feeFen: number;
  readonly state: 'success' | 'processing' | 'closed' | 'abnormal';
  readonly currency: string;
  /** When it was paid, or when it went back. */
  readonly atMs: TimeMs;
  readonly openid: string | null;
  /** Of a payment, where the rail tells: whether Apple took it. */
  readonly isByApple?: boolean | undefined;
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
  /** What the rail is agreed to keep of a payment, to the nearest fen; null where that is not known beforehand. */
  readonly feeBasisPoints: number | null;
  /**
   * Everything that was paid and that went back on some days of Shanghai's calendar, which follow each other and are 31 at
   * most, checked against the bill's own sums. A bill is asked for when it should be there (`billReadyAtMs`) and not
   * before; null when the rail is still making it.
   * @throws pay.unavailable when there is no clear answer, and for what cannot be read
   */
  bill(days: readonly Day[]): Promise<readonly BillRow[] | null>;
}

/** What a buyer got, as the platform has to hear of it. */
export interface Delivery {
  readonly orderId: OrderId;
  readonly openid: string;
  /** What it was, in words for the buyer; what is too long is cut. */
  readonly description: string;
  readonly deliveredAtMs: TimeMs;
}

/** WeChat Pay v3, JSAPI. */
export interface WxpayRail extends BilledRail {
  readonly name: 'wxpay';
  /**
   * Verifies and decrypts a callback: signature over the raw bytes, timestamp within five minutes, known key.
   * @throws notice.signature_invalid, notice.malformed
   */
  readNotice(headers: Readonly<Record<string, string>>, rawBody: Uint8Array): Promise<PayNotice>;
  /**
   * Tells WeChat that an order was delivered; null where the shop does not have to. Safe to repeat. Answers `absent`
   * when WeChat does not know the order yet, and a code of its own when it will never take it.
   * @throws wechat.unavailable
   */
  readonly reportDelivery: ((delivery: Delivery) => Promise<'taken' | 'absent' | number>) | null;
}

/** One thing on sale, as the platform has to know it: another price is another thing. */
export interface RailGoods {
  /** At most 64 of `A-Za-z0-9_-`. */
  readonly id: string;
  /** What is longer than 20 characters is cut. */
  readonly name: string;
  /** Above 0. */
  readonly priceFen: Fen;
  readonly remark: string;
  /** A JPEG or PNG. */
  readonly imageUrl: string;
}

/** What became of the batches that were started last. */
export interface GoodsBatch {
  /** While it is, no other one can be started. */
  readonly isRunning: boolean;
  readonly items: readonly {
    readonly id: string;
    readonly state: 'running' | 'done' | 'failed';
    /** In the platform's words; empty when it says nothing. */
    readonly reason: string;
  }[];
}

/**
 * What the platform knows of what we sell. Uploading and publishing are batches of one thing each, that go on after
 * they were accepted; the same thing may be asked for again. All throw pay.unavailable.
 */
export interface GoodsCatalogue {
  upload(goods: RailGoods): Promise<'accepted' | 'busy'>;
  queryUpload(): Promise<GoodsBatch>;
  publish(id: string): Promise<'accepted' | 'busy'>;
  /** How long after its publication was done a thing can be sold, at the latest. */
  readonly lagMs: number;
  queryPublish(): Promise<GoodsBatch>;
}

/** Virtual payment in a mini-program, goods mode. */
export interface XpayRail extends BilledRail {
  readonly name: 'xpay';
  readonly goods: GoodsCatalogue;
  provide(orderId: OrderId): Promise<void>;
}

/** The rails, by name. */
export interface Rails {
  readonly wxpay: WxpayRail;
  /** Null for a shop that does not sell in a mini-program. */
  readonly xpay: XpayRail | null;
}

// ── Push ────────────────────────────────────────────────────────────────────────────────────────────────────

/** A message that WeChat pushed, verified. */
export interface PushMessage {
  /** The name of the event, or the kind of a message that is none: `xpay_goods_deliver_notify`. */
  readonly event: string;
  /** Of JSON as it came; of XML every value is a text, an object, or an array of them. */
  readonly words: Readonly<Record<string, unknown>>;
  /**
   * Whether the words are WeChat's own. Otherwise the signature does not cover them, and whoever has seen one can
   * write what they like: then they are only a reason to ask.
   */
  readonly isSealed: boolean;
  /** An answer in the form in which the message came, sealed if that was. */
  reply(words: Readonly<Record<string, string | number>>): {
    readonly body: string;
    readonly contentType: string;
  };
}

/** What WeChat pushes to us, and may push again: there is no window of time in which alone it is valid. */
export interface Push {
  /** What WeChat's check of our address is answered with. @throws notice.signature_invalid */
  check(query: Readonly<Record<string, string>>): string;
  /** @throws notice.signature_invalid, notice.malformed */
  read(query: Readonly<Record<string, string>>, rawBody: Uint8Array): PushMessage;
}

// ── The rest ────────────────────────────────────────────────────────────────────────────────────────────────

/** Stored media. */
export interface Files {
  /** A URL that opens this one file until `expiresAtMs`, and nothing else. */
  signedUrl(key: string, expiresAtMs: TimeMs): Promise<string>;
}

/** The time. The only place it comes from. */
export interface Clock {
  now(): TimeMs;
}

/** Chance and identity. */
export interface Ids {
  /** `<prefix>_<ULID>`, rising with time. */
  make(prefix: string): string;
  /** `bytes` random bytes as base64url: unguessable. */
  secret(bytes: number): string;
  /** A random number, 0 ≤ x < 1, for jitter. */
  random(): number;
}

/** Sealing of small secrets for storage (AES-256-GCM under a key that only the platform knows). */
export interface Secrets {
  /** `purpose` is bound to the text: what was sealed for one purpose opens for no other. */
  seal(purpose: string, plain: string): string;
  /** @throws a plain Error when it was not sealed here for this purpose. */
  open(purpose: string, sealed: string): string;
  /** HMAC-SHA-256 of a text, hex: for an index or a log over what must not be stored in the clear. */
  digest(purpose: string, plain: string): string;
  /**
   * What an authenticator app shows in this step of its time: six digits (RFC 6238 over HMAC-SHA-1). `seed` is the
   * app's key in base64url.
   */
  oneTimeCode(seed: string, step: number): string;
}

/** Password hashing, slow on purpose. Both throw request.too_many when more wait than can be served soon. */
export interface Passwords {
  /** A self-describing hash with its own salt. */
  hash(password: string): Promise<string>;
  verify(password: string, hash: string): Promise<boolean>;
}

/** One line per call. Never a secret, token, phone number or openid. */
export interface Log {
  write(level: 'info' | 'warn' | 'error', record: Readonly<Record<string, unknown>>): void;
}

/** What configuration says of the product itself. */
export interface Settings {
  /** Whose browsers may call the API: exact origins, empty for none. */
  readonly corsOrigins: readonly string[];
  /** Proxies of ours in front, whose forwarded addresses may be believed; 0 means the peer's own address counts. */
  readonly trustedProxies: number;
  /** The unguessable key in the path of the broker's HTTP push, or null when that way is not used. */
  readonly busPushKey: string | null;
  /** Which rail sells what, what discounts may be, and which promotions may meet. */
  readonly selling: Selling;
}

/** All of them: what the three composition roots put together and every function is given. */
export interface Ports {
  readonly database: Database;
  readonly bus: Bus;
  readonly cache: Cache;
  readonly wechat: Wechat;
  readonly rails: Rails;
  /** Null for a shop to which nothing is pushed. */
  readonly push: Push | null;
  readonly files: Files;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly secrets: Secrets;
  readonly passwords: Passwords;
  readonly log: Log;
  readonly settings: Settings;
}

/** Who is calling, as `authenticate` found out. */
export interface Caller {
  readonly id: UserId;
  readonly role: Role;
  /** The session's id (the token's SHA-256), to end it by. */
  readonly sessionId: string;
  /** Whether they have shown a second factor in this session. */
  readonly hasSecondFactor: boolean;
}
