/**
 * How the virtual-payment platform is told what we sell: by upload batches and publish batches, with one good in
 * each.
 */

import * as products from '../../data/catalogue/products.ts';
import * as cases from '../../data/operations/cases.ts';
import * as goods from '../../data/operations/goods.ts';
import {
  afterBatch,
  postponeGoods,
  putIntoForce,
  refuseGoods,
  settleGoods,
  startBatch,
} from '../../domain/operations/goods.ts';
import { type Refusal, refusalOf } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { GoodsAsked, GoodsBatch, GoodsCatalogue } from '../../ports/xpay.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Goods } from '../../schemas/operations/goods.ts';
import { forgetCourse } from '../catalogue/catalogue.ts';

type Batch = 'uploading' | 'publishing';

/** The number of goods followed in one batch. More than one of ours is under way only after a crash. */
const UNDER_WAY_MAX = 10;
/** How many prices come into force in one run. */
const IN_FORCE_MAX = 100;

function refusedCase({ id, name, priceFen, productId, reason }: Goods): cases.CaseOpened {
  return {
    kind: 'goods_refused',
    cause: id,
    story: `微信虚拟支付拒绝了道具《${name}》（${priceFen} 分）：${reason || '未说明原因'}。修改后重新发布即可重试。`,
    productId,
    amountFen: priceFen,
  };
}

async function change(
  ports: Ports,
  id: string,
  work: (tx: Tx, before: Goods) => Promise<boolean>,
): Promise<boolean> {
  return ports.database.tx(async (tx) => {
    const before = await goods.find(tx, id);
    return before !== null && work(tx, before);
  });
}

/** Stores what became of the goods that are under way in a batch. Returns how many still are. */
async function follow(
  ports: Ports,
  batch: Batch,
  ask: () => Promise<GoodsBatch>,
  { now, lagMs }: { readonly now: TimeMs; readonly lagMs: number },
): Promise<number> {
  const underWay = await goods.due(ports.database, batch, now, UNDER_WAY_MAX);
  if (underWay.length === 0) return 0;
  const { isRunning, items } = await ask();
  let left = 0;
  for (const { id } of underWay) {
    const item = items.find((each) => each.id === id) ?? null;
    const hasMoved = await change(ports, id, async (tx, before) => {
      const after = afterBatch(before, { isRunning, item, lagMs }, now);
      if (after === null) return false;
      await goods.save(tx, before, after);
      if (after.state === 'refused') await cases.openAgain(tx, refusedCase(after), now);
      return true;
    });
    if (!hasMoved) left += 1;
  }
  return left;
}

/**
 * Starts a batch with the good that has waited longest. Returns 1 when it was started. A final refusal becomes a
 * case. After a temporary refusal other goods go first. When no answer came, the batch may have been started, so it
 * is followed.
 */
async function begin(
  ports: Ports,
  batch: Batch,
  ask: (next: Goods) => Promise<GoodsAsked>,
  now: TimeMs,
): Promise<number> {
  const [next] = await goods.due(ports.database, batch === 'uploading' ? 'wanted' : 'uploaded', now, 1);
  if (next === undefined) return 0;
  // It is saved before the platform is asked. If the answer is lost, the batch is followed and not started a second
  // time.
  const isOurs = await change(ports, next.id, async (tx, before) => {
    const started = startBatch(before, batch, now);
    if (started !== null) await goods.save(tx, before, started);
    return started !== null;
  });
  if (!isOurs) return 0;
  const said = await ask(next).catch(async (caught: unknown) => {
    if (refusalOf(caught) !== null) {
      await change(ports, next.id, async (tx, before) => {
        const postponed = postponeGoods(before, batch, now);
        if (postponed !== null) await goods.save(tx, before, postponed);
        return postponed !== null;
      });
    }
    throw caught;
  });
  if (said === 'accepted') return 1;
  if (said !== 'busy') await refuse(ports, next.id, said, now);
  return 0;
}

async function refuse(ports: Ports, id: string, { code, words }: Refusal, now: TimeMs): Promise<void> {
  await change(ports, id, async (tx, before) => {
    const refused = refuseGoods(before, `${code} ${words}`.trim(), now);
    await goods.save(tx, before, refused);
    await cases.openAgain(tx, refusedCase(refused), now);
    return true;
  });
}

/** Follows both kinds of batches, and starts the next one where none is running. @throws pay.unavailable */
export async function advanceGoods(
  ports: Ports,
  catalogue: GoodsCatalogue,
  now: TimeMs,
): Promise<{ readonly uploaded: number; readonly published: number }> {
  const when = { now, lagMs: catalogue.lagMs };
  const publishing = await follow(ports, 'publishing', () => catalogue.queryPublish(), when);
  const uploading = await follow(ports, 'uploading', () => catalogue.queryUpload(), when);
  const published =
    publishing > 0 ? 0 : await begin(ports, 'publishing', ({ id }) => catalogue.publish(id), now);
  const upload = ({ id, name, priceFen, productId, imageUrl }: Goods) =>
    catalogue.upload({ id, name, priceFen, remark: productId, imageUrl });
  const uploaded = uploading > 0 ? 0 : await begin(ports, 'uploading', upload, now);
  return { uploaded, published };
}

/** Puts prices into force whose goods have become live. Returns how many. */
export async function putPricesIntoForce(ports: Ports, now: TimeMs): Promise<number> {
  let count = 0;
  for (const { id, productId, priceFen } of await goods.due(ports.database, 'published', now, IN_FORCE_MAX)) {
    const hasNewPrice = await change(ports, id, async (tx, before) => {
      const settled = settleGoods(before, now);
      if (settled === null) return false;
      await goods.save(tx, before, settled);
      const product = await products.find(tx, productId);
      const repriced = product === null ? null : putIntoForce(product, priceFen, now);
      if (product === null || repriced === null) return false;
      await products.save(tx, product, repriced);
      return true;
    });
    if (!hasNewPrice) continue;
    count += 1;
    await forgetCourse(ports, productId);
  }
  return count;
}
