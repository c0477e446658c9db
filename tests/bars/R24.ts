import { payNotify } from '../../functions/payments/payNotify.ts';
import { requestRefund } from '../../functions/refunds/requestRefund.ts';
import { chaosDatabase } from '../../local/database.chaos.ts';
import { seeded } from '../support/seeded.ts';
import { bar } from './bar.ts';
import { untoldPayments } from './notices.ts';
import { openShop } from './shop.ts';

/** How long a database call may stall, in turns of the event loop. It is long enough for all other work to pass it. */
const STANDS_TURNS = 40;

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Seen red: when `grantEntitlement` peeks at the order instead of finding it, refunds leave access behind within a
 * hundred orders (I12).
 */
export const R24 = bar({
  proves:
    'a refund that is asked for while access is still being given leaves no access, however slow the store is',
  flags: { orders: 400, slow: 0.12 },
  brief: { orders: 40 },
  run: async ({ seed, flags, note }) => {
    const random = seeded(seed);
    const pause = async () => {
      if (random() >= flags.slow) return;
      for (let turn = 0; turn < STANDS_TURNS; turn += 1) await nextTurn();
    };
    const shop = await openShop(seed, undefined, {
      database: (inner, { clock }) =>
        chaosDatabase(inner, { latencyMs: { from: 0, to: 1 }, random, clock, pause }),
    });
    const { world } = shop;
    const violations: string[] = [];
    const untold = await untoldPayments(shop, flags.orders);
    note(`${untold.length} orders are paid`);
    let refunded = 0;
    for (const { order, buyer, notice } of untold) {
      await world.call(payNotify, notice());
      const refundId = world.ports.ids.make('rfd');
      const asked = {
        orderId: order.id,
        refundId,
        productIds: null,
        words: '买错了',
        shownFen: order.payableFen,
      };
      const turns = Math.floor(random() * STANDS_TURNS);
      const refund = (async () => {
        for (let turn = 0; turn < turns; turn += 1) await nextTurn();
        return world.call(requestRefund, asked, buyer);
      })();
      const [answer] = await Promise.all([refund, world.bus.drain()]);
      if (answer.status === 200) refunded += 1;
      else violations.push(`${order.id}: ${answer.code}`);
      await world.bus.drain();
    }
    await shop.rest(5);
    violations.push(...(await shop.audit(true)));
    const measured = { orders: untold.length, refunded, violations: violations.slice(0, 20) };
    return { pass: violations.length === 0 && refunded === untold.length, measured };
  },
});
