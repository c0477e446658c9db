import type { Refusal } from '../errors.ts';
import type { Fen, OrderId } from '../schemas/base.ts';
import type { BilledRail } from './rail.ts';

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

/** What came of asking for a batch: the platform's refusal when it will never take this thing. */
export type GoodsAsked = 'accepted' | 'busy' | Refusal;

/**
 * What the platform knows of what we sell. Uploading and publishing are batches of one thing each, that go on after
 * they were accepted; the same thing may be asked for again. All throw pay.unavailable.
 */
export interface GoodsCatalogue {
  upload(goods: RailGoods): Promise<GoodsAsked>;
  queryUpload(): Promise<GoodsBatch>;
  publish(id: string): Promise<GoodsAsked>;
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
