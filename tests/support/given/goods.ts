/** A scripted catalogue of the platform, and goods that are live. */
import * as goods from '../../../shared/data/operations/goods.ts';
import { newGoods } from '../../../shared/domain/operations/goods.ts';
import { fail } from '../../../shared/errors.ts';
import type { GoodsBatch, GoodsCatalogue, RailGoods } from '../../../shared/ports/xpay.ts';
import { fen, MINUTE_MS } from '../../../shared/schemas/base.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import type { Goods } from '../../../shared/schemas/operations/goods.ts';
import type { World } from '../world.ts';

type Item = GoodsBatch['items'][number];

/** One of the two batches. It runs until the test ends it. */
class ScriptedBatch {
  readonly asked: string[] = [];
  #items: Item[] = [];
  isRunning = false;
  /** What happens to the next call that starts a batch. With `lost`, the request or the answer is lost. */
  next: 'request lost' | 'answer lost' | null = null;

  start(id: string): 'accepted' | 'busy' {
    const { next } = this;
    this.next = null;
    if (next === 'request lost') throw fail('pay.unavailable');
    if (this.isRunning) return 'busy';
    this.asked.push(id);
    this.isRunning = true;
    this.#items = [{ id, state: 'running', reason: '' }];
    if (next === 'answer lost') throw fail('pay.unavailable');
    return 'accepted';
  }

  /** Simulates a batch that somebody started in the platform's console. */
  occupy(): void {
    this.isRunning = true;
    this.#items = [{ id: 'console', state: 'running', reason: '' }];
  }

  end(state: 'done' | 'failed' = 'done', reason = ''): void {
    this.isRunning = false;
    this.#items = this.#items.map(({ id }) => ({ id, state, reason }));
  }

  query(): GoodsBatch {
    return { isRunning: this.isRunning, items: this.#items };
  }
}

/** The platform's catalogue. */
export class ScriptedCatalogue implements GoodsCatalogue {
  readonly uploads = new ScriptedBatch();
  readonly publications = new ScriptedBatch();
  readonly uploaded: RailGoods[] = [];
  readonly lagMs = 30 * MINUTE_MS;

  async upload(item: RailGoods) {
    this.uploaded.push(item);
    return this.uploads.start(item.id);
  }
  async queryUpload() {
    return this.uploads.query();
  }
  async publish(id: string) {
    return this.publications.start(id);
  }
  async queryPublish() {
    return this.publications.query();
  }
}

/** Goods that can be sold at once: the product at its list price, or at another one. */
export async function givenLiveGoods(
  world: World,
  product: Product,
  priceFen: number = product.listFen,
): Promise<Goods> {
  const now = world.clock.now();
  const wanted = newGoods(product, fen(priceFen), now);
  const live: Goods = { ...wanted, state: 'published', liveAtMs: now, nextAtMs: null };
  await world.ports.database.tx((tx) => goods.insert(tx, live));
  return live;
}
