import type { Refusal } from '../errors.ts';
import type { Fen, OrderId } from '../schemas/base.ts';
import type { BilledRail } from './rail.ts';

/** One good as the platform has to know it. Another price is another good. */
export interface RailGoods {
  /** At most 64 characters of `A-Za-z0-9_-`. */
  readonly id: string;
  /** Cut after 20 characters. */
  readonly name: string;
  /** Above 0. */
  readonly priceFen: Fen;
  readonly remark: string;
  /** A JPEG or PNG. */
  readonly imageUrl: string;
}

/** The state of the batches that were started last. */
export interface GoodsBatch {
  /** While one is running, no other can be started. */
  readonly isRunning: boolean;
  readonly items: readonly {
    readonly id: string;
    readonly state: 'running' | 'done' | 'failed';
    /** The platform's words; empty when it says nothing. */
    readonly reason: string;
  }[];
}

/** The answer to starting a batch. It is the platform's refusal when it will never accept this good. */
export type GoodsAsked = 'accepted' | 'busy' | Refusal;

/**
 * What the platform knows of what we sell. Uploading and publishing are batches of one good each, which continue
 * after they were accepted. The same good may be asked for again. All calls throw pay.unavailable.
 */
export interface GoodsCatalogue {
  upload(goods: RailGoods): Promise<GoodsAsked>;
  queryUpload(): Promise<GoodsBatch>;
  publish(id: string): Promise<GoodsAsked>;
  /** How long after its publication a good can be sold at the latest, in ms. */
  readonly lagMs: number;
  queryPublish(): Promise<GoodsBatch>;
}

/** Virtual payment in a mini-program, goods mode. */
export interface XpayRail extends BilledRail {
  readonly name: 'xpay';
  readonly goods: GoodsCatalogue;
  provide(orderId: OrderId): Promise<void>;
}
