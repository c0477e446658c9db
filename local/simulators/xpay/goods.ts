/** What simulated virtual payment knows about goods. A batch is accepted first and finishes later. */
import { MINUTE_MS } from '../../../shared/schemas/base.ts';
import type { Chances } from '../chances.ts';
import type { XpayFault } from './faults.ts';
import { type Env, type XpayBody, XpayRefused } from './requests.ts';
import type { Words } from './words.ts';

interface Item {
  readonly id: string;
  readonly name: string;
  readonly priceFen: number;
  /** When phones can buy it, which is later than the end of the publication. Null before that. */
  readonly onSaleAtMs: number | null;
}

interface Batch {
  readonly id: string;
  readonly endsAtMs: number;
  /** 1: already known. 2: done. 3: failed. */
  readonly outcome: 1 | 2 | 3;
  readonly errmsg: string;
}

const BATCH_MAX_MS = MINUTE_MS;
/** What was published can be bought ten to thirty minutes later. Source: developers.weixin.qq.com, "小程序虚拟支付". */
const LAG_MIN_MS = 10 * MINUTE_MS;
const LAG_MAX_MS = 30 * MINUTE_MS;

interface ShelfOptions {
  readonly random: () => number;
  readonly faults: Chances<XpayFault>;
  /** How many times faster than in reality it runs. */
  readonly clockFactor: number;
}

/** The goods of one environment. */
export class Shelf {
  readonly #options: ShelfOptions;
  readonly #items = new Map<string, Item>();
  #upload: Batch | null = null;
  #publication: Batch | null = null;

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  /** All goods, as the books show them. */
  get items(): readonly Item[] {
    return [...this.#items.values()];
  }

  /** Puts something on sale at once, as if it had been published long ago. */
  put(item: Omit<Item, 'onSaleAtMs'>): void {
    this.#items.set(item.id, { ...item, onSaleAtMs: 0 });
  }

  /** The phone's refusal to buy it at that price; null when it can be bought. */
  refusal(id: string, priceFen: number, now: number): -15010 | -15013 | -15014 | null {
    const item = this.#items.get(id);
    if (item === undefined || item.onSaleAtMs === null) return -15010;
    if (now < item.onSaleAtMs) return -15014;
    return item.priceFen === priceFen ? null : -15013;
  }

  #fresh(batch: Batch | null, id: string, now: number, outcome: 1 | 2 | 3, errmsg: string): Batch {
    if (batch !== null && now < batch.endsAtMs) throw new XpayRefused('batchRunning');
    const { random, clockFactor } = this.#options;
    return { id, endsAtMs: now + Math.round((random() * BATCH_MAX_MS) / clockFactor), outcome, errmsg };
  }

  /** Starts an upload. Known goods stay as they are. @throws XpayRefused */
  upload({ upload_item: [asked] }: XpayBody<'/xpay/start_upload_goods'>, now: number): void {
    if (asked === undefined) throw new XpayRefused('words', 'upload_item');
    const { id, name, price: priceFen } = asked;
    const isFailed = this.#options.faults.happens('uploadFailed');
    const outcome = isFailed ? 3 : this.#items.has(id) ? 1 : 2;
    this.#upload = this.#fresh(this.#upload, id, now, outcome, isFailed ? '图片审核不通过' : '');
    if (outcome === 2) this.#items.set(id, { id, name, priceFen, onSaleAtMs: null });
  }

  /** Starts a publication. @throws XpayRefused */
  publish({ publish_item: [asked] }: XpayBody<'/xpay/start_publish_goods'>, now: number): void {
    const item = this.#items.get(asked?.id ?? '');
    const isFailed = this.#options.faults.happens('publishFailed');
    const errmsg = item === undefined ? '道具不存在' : isFailed ? '道具审核不通过' : '';
    const outcome = errmsg === '' ? 2 : 3;
    const batch = this.#fresh(this.#publication, asked?.id ?? '', now, outcome, errmsg);
    this.#publication = batch;
    if (item === undefined || outcome === 3 || item.onSaleAtMs !== null) return;
    const { random, clockFactor } = this.#options;
    const lagMs = LAG_MIN_MS + random() * (LAG_MAX_MS - LAG_MIN_MS);
    this.#items.set(item.id, { ...item, onSaleAtMs: batch.endsAtMs + Math.round(lagMs / clockFactor) });
  }

  /** The state of the last upload. */
  uploaded(now: number): Words {
    const { status, state, batch } = stateOf(this.#upload, now);
    if (batch === null) return { status, upload_item: [] };
    const item = this.#items.get(batch.id);
    return {
      status,
      upload_item: [
        {
          id: batch.id,
          name: item?.name ?? '',
          price: item?.priceFen ?? 0,
          remark: '',
          item_url: '',
          upload_status: state,
          errmsg: state === 3 ? batch.errmsg : '',
        },
      ],
    };
  }

  /** The state of the last publication. */
  published(now: number): Words {
    const { status, state, batch } = stateOf(this.#publication, now);
    if (batch === null) return { status, publish_item: [] };
    return {
      status,
      publish_item: [{ id: batch.id, publish_status: state, errmsg: state === 3 ? batch.errmsg : '' }],
    };
  }
}

/**
 * The codes of a batch. For the batch: 0 none, 1 running, 2 something failed, 3 all done. For its goods: 0 running, or
 * the outcome.
 */
function stateOf(batch: Batch | null, now: number) {
  if (batch === null) return { status: 0, state: 0, batch };
  if (now < batch.endsAtMs) return { status: 1, state: 0, batch };
  return { status: batch.outcome === 3 ? 2 : 3, state: batch.outcome, batch };
}

/** The goods of both environments. */
export type Shelves = Readonly<Record<Env, Shelf>>;
