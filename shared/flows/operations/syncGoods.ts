/** The steps by which the platform of virtual payment gets to know what we sell: two batches, one thing at a time in each. */

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

/** A batch that is not ours may run for long; more than one of ours is only under way after a crash. */
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

/** Writes down what became of the things that are under way in a batch. Answers how many still are. */
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
      await goods.save(tx, after);
      if (after.state === 'refused') await cases.openAgain(tx, refusedCase(after), now);
      return true;
    });
    if (!hasMoved) left += 1;
  }
  return left;
}

/**
 * Starts a batch with the thing that has waited longest. Answers 1 when it was started. What the platform will never take
 * becomes a case. What it refuses for now lets others go first; what got no answer may have been begun, and is followed.
 */
async function begin(
  ports: Ports,
  batch: Batch,
  ask: (next: Goods) => Promise<GoodsAsked>,
  now: TimeMs,
): Promise<number> {
  const [next] = await goods.due(ports.database, batch === 'uploading' ? 'wanted' : 'uploaded', now, 1);
  if (next === undefined) return 0;
  // Before the platform is asked: should its answer be lost, the batch is followed and not begun a second time.
  const isOurs = await change(ports, next.id, async (tx, before) => {
    const started = startBatch(before, batch, now);
    if (started !== null) await goods.save(tx, started);
    return started !== null;
  });
  if (!isOurs) return 0;
  const said = await ask(next).catch(async (caught: unknown) => {
    if (refusalOf(caught) !== null) {
      await change(ports, next.id, async (tx, before) => {
        const postponed = postponeGoods(before, batch, now);
        if (postponed !== null) await goods.save(tx, postponed);
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
    await goods.save(tx, refused);
    await cases.openAgain(tx, refusedCase(refused), now);
    return true;
  });
}

/** Follows what is under way in both batches, and starts the next where nothing is. @throws pay.unavailable */
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

/** Puts the prices into force that waited for their goods to be live. Answers how many. */
export async function putPricesIntoForce(ports: Ports, now: TimeMs): Promise<number> {
  let count = 0;
  for (const { id, productId, priceFen } of await goods.due(ports.database, 'published', now, IN_FORCE_MAX)) {
    const hasNewPrice = await change(ports, id, async (tx, before) => {
      const settled = settleGoods(before, now);
      if (settled === null) return false;
      await goods.save(tx, settled);
      const product = await products.find(tx, productId);
      const repriced = product === null ? null : putIntoForce(product, priceFen, now);
      if (repriced !== null) await products.save(tx, repriced);
      return repriced !== null;
    });
    if (!hasNewPrice) continue;
    count += 1;
    await forgetCourse(ports, productId);
  }
  return count;
}
