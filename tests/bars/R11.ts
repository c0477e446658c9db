import { createOrder } from '../../functions/createOrder.ts';
import { redeemPoints } from '../../functions/redeemPoints.ts';
import { givenProduct, orderFor } from '../support/given.order.ts';
import { givenPoints } from '../support/given.points.ts';
import { bar } from './bar.ts';
import { openShop } from './shop.ts';

/**
 * Seen red: with the ledger written and the account left alone, sixty redemptions and a hundred orders succeed, and the
 * audit says so (I2).
 */
export const R11 = bar({
  proves:
    'of a hundred spendings at once exactly as many succeed as the balance pays for, and the ledger is right throughout',
  flags: { balance: 1_000, spends: 100, each: 300, rounds: 5 },
  run: async ({ seed, flags, note }) => {
    const { balance, spends, each, rounds } = flags;
    const shop = await openShop(seed, { conflict: 0.1, commitLost: 0.05 });
    const { world } = shop;
    const wanted = Math.floor(balance / each);
    const succeeded: number[] = [];
    const held: number[] = [];
    const violations: string[] = [];
    let isDone = false;
    const sampling = (async () => {
      while (!isDone) {
        violations.push(...(await shop.audit()));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let round = 0; round < rounds; round += 1) {
      // Redeemed: points against products that are sold for points.
      const alice = await shop.buyer(`redeems${round}`);
      await givenPoints(world, alice.userId, balance);
      const products = await Promise.all(
        Array.from({ length: spends }, () => givenProduct(world, { pointsPrice: each })),
      );
      const redeemed = await Promise.all(
        products.map(({ id: productId }) =>
          world.call(redeemPoints, { redemptionId: world.ports.ids.make('rdm'), productId }, alice),
        ),
      );
      succeeded.push(redeemed.filter(({ status }) => status === 200).length);
      // Held: points that pay for a part of orders.
      const bob = await shop.buyer(`orders${round}`);
      await givenPoints(world, bob.userId, balance);
      const placed = await Promise.all(
        products.map((product) => {
          const asked = orderFor(world, [product]);
          const priced = { ...asked, points: each, shownFen: asked.shownFen - each };
          return world.call(createOrder, priced, bob);
        }),
      );
      held.push(placed.filter(({ status }) => status === 200).length);
      note(`round ${round + 1}`);
    }
    isDone = true;
    await sampling;
    await shop.rest(20);
    violations.push(...(await shop.audit(true)));
    const isRight = [...succeeded, ...held].every((count) => count === wanted);
    const measured = { wanted, succeeded, held, violations: [...new Set(violations)].slice(0, 20) };
    return { pass: isRight && violations.length === 0, measured };
  },
});
