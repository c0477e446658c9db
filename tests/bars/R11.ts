import { Readable } from 'node:stream';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { redeemPoints } from '../../functions/points/redeemPoints.ts';
import { givenTemplate } from '../support/given/coupon.ts';
import { givenProduct } from '../support/given/course.ts';
import { orderFor } from '../support/given/order.ts';
import { givenPoints } from '../support/given/points.ts';
import { ENGINES } from '../support/keptStore.ts';
import type { World } from '../support/world.ts';
import { always, Export, type Row } from './auditor.ts';
import { bar, lanes } from './bar.ts';
import { storeOn } from './engineStore.ts';
import { openShop } from './shop.ts';

const SAMPLE_TRIES = 5;

/**
 * A consistent copy of all documents; null when other writers always came between.
 *
 * An export takes a while and others commit meanwhile. So two exports in a row are compared: if they are equal, nothing
 * was written. This works because no document ever returns to an earlier version.
 */
async function sampleOf({ ports }: World): Promise<Export | null> {
  let before = '';
  for (let tried = 0; tried < SAMPLE_TRIES; tried += 1) {
    const rows: Row[] = [];
    for await (const row of ports.database.exportAll()) rows.push(row);
    const text = JSON.stringify(rows);
    if (text === before) return Export.of(Readable.from(rows));
    before = text;
  }
  return null;
}

/**
 * Seen red: when the ledger is written without the account, more spends succeed than the balance allows, and the audit
 * finds accounts that differ from their ledger (I2).
 */
export const R11 = bar({
  proves:
    'of spends at the same moment as many succeed as the points allow, and the ledger is right at every moment',
  flags: { balance: 1_000, spends: 100, each: 300, rounds: 10, conflict: 0.3, commitLost: 0.1 },
  brief: { rounds: 2 },
  engines: ENGINES,
  run: async ({ seed, flags, engine, note }) => {
    const { balance, spends, each, rounds, conflict, commitLost } = flags;
    const shop = await openShop(seed, { conflict, commitLost }, { store: storeOn(engine) });
    const { world } = shop;
    const template = await givenTemplate(world, {
      stock: spends * rounds,
      perUserMax: 20,
      pointsPrice: each,
    });
    const possible = Math.floor(balance / each);
    const violations: string[] = [];
    const answers: Record<string, number> = {};
    let samples = 0;
    const product = await givenProduct(world);
    const redemption = () => ({ redemptionId: world.ports.ids.make('rdm'), templateId: template.id });
    const order = () => {
      const asked = orderFor(world, [product]);
      return { ...asked, points: each, shownFen: asked.shownFen - each };
    };
    for (let round = 1; round <= rounds; round += 1) {
      const { token, userId } = await shop.buyer(`buyer${round}`);
      await givenPoints(world, userId, balance);
      const statuses = await lanes(Array.from({ length: spends }), spends, async (_, index) => {
        // Every second spend is an order that is partly paid with points.
        const { status, code } =
          index % 2 === 0
            ? await world.call(redeemPoints, redemption(), { token })
            : await world.call(createOrder, order(), { token });
        const said = `${status} ${code ?? 'ok'}`;
        answers[said] = (answers[said] ?? 0) + 1;
        const sample = await sampleOf(world);
        if (sample !== null) violations.push(...always(sample));
        samples += sample === null ? 0 : 1;
        return status;
      });
      const succeeded = statuses.filter((status) => status === 200).length;
      const store = await Export.of(world.ports.database.exportAll());
      const left = Number(store.find('pointsAccounts', userId)?.available);
      const got = [...store.all('coupons'), ...store.all('orders')].filter(
        (one) => one.userId === userId,
      ).length;
      if (succeeded !== possible || got !== possible || left !== balance - possible * each)
        violations.push(`round ${round}: ${succeeded} succeeded, ${got} things, ${left} points left`);
      const strange = statuses.filter((status) => status !== 200 && status !== 409);
      if (strange.length > 0) violations.push(`round ${round}: answered with ${strange}`);
      note(`round ${round}: ${succeeded} of ${spends}`);
    }
    const measured = { rounds, spends, possible, samples, answers, violations: violations.slice(0, 20) };
    return { pass: violations.length === 0 && samples >= rounds, measured };
  },
});
