import { payOrder } from '../../functions/payments/payOrder.ts';
import type { Database } from '../../shared/ports/database.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { openShop } from './shop.ts';
import { operationsOf, wrapped } from './wrapped.ts';

/** What happens to a payment between the rail's answer and our commit. */
const fates = ['paidMeanwhile', 'killed', 'paidMeanwhileAndKilled'] as const;

/** A database that fails, while `isDown`, to write that a payment is open at the rail. */
function dying(inner: Database, state: { isDown: boolean }): Database {
  return wrapped(inner, (tx, work) =>
    work({
      ...operationsOf(tx),
      update: async (collection, doc) => {
        const isOpened = collection.name === 'payments' && 'state' in doc && doc.state === 'prepaid';
        if (isOpened && state.isDown) throw new Error('killed before it was written down');
        await tx.update(collection, doc);
      },
    }),
  );
}

/**
 * Seen red: when `openPayment` writes "open" whatever has happened to the payment meanwhile, paid orders have payments
 * that are only open.
 */
export const R07 = bar({
  proves:
    'money that comes before we know that a payment is open, or that nobody lived to write down, pays once',
  flags: { journeys: 300 },
  brief: { journeys: 12 },
  run: async ({ seed, flags, note }) => {
    const life = { isDown: false };
    const shop = await openShop(seed, {}, { database: (inner) => dying(inner, life) });
    const { world } = shop;
    const violations: string[] = [];
    const answers: Record<string, number> = {};
    const { wxpay } = world.ports.rails;
    const open = wxpay.open.bind(wxpay);
    let buyer = await shop.buyer('buyer0');
    let isPaidMeanwhile = false;
    const paysMeanwhile: typeof open = async (asked) => {
      const opened = await open(asked);
      if (!isPaidMeanwhile) return opened;
      const { orderId, amountFen: payableFen } = asked;
      const words = { orderId, payableFen, goods: null, sessionKey: null, ...opened };
      const request = wxpay.request(words);
      if (request.rail === 'wxpay')
        world.wechatPay.phone.pay({ ...request, openid: buyer.openid }, 'confirm');
      await world.clock.runDue();
      return opened;
    };
    Object.assign(wxpay, { open: paysMeanwhile });
    for (let n = 0; n < flags.journeys; n += 1) {
      if (n % 10 === 0) await shop.rest(1);
      if (n % 10 === 0) buyer = await shop.buyer(`buyer${n}`);
      const fate = fates[n % fates.length] ?? 'killed';
      const order = await shop.order(buyer);
      isPaidMeanwhile = fate !== 'killed';
      life.isDown = fate !== 'paidMeanwhile';
      const call = { token: buyer.token, mayBreak: true };
      const { status, code } = await world.call(payOrder, { orderId: order.id }, call);
      life.isDown = false;
      isPaidMeanwhile = false;
      const isPaidAgain = await shop.pay(buyer, order);
      if (isPaidAgain !== (fate === 'killed'))
        violations.push(`${fate}: could ${isPaidAgain ? '' : 'not '}pay then`);
      const said = `${fate}: ${status} ${code ?? 'ok'}`;
      answers[said] = (answers[said] ?? 0) + 1;
    }
    note('everybody has paid');
    await shop.rest(3);
    const store = await Export.of(world.ports.database.exportAll());
    const paid = store.all('orders').filter((order) => order.state === 'paid').length;
    const unpaid = store.all('payments').filter((payment) => payment.state !== 'success').length;
    const transactions = shop.books().transactions.length;
    if (paid !== flags.journeys || transactions !== flags.journeys || unpaid > 0)
      violations.push(
        `${paid} orders are paid with ${transactions} transactions, ${unpaid} payments are not`,
      );
    violations.push(...(await shop.audit(true)));
    const measured = {
      journeys: flags.journeys,
      paid,
      transactions,
      answers,
      violations: violations.slice(0, 20),
    };
    return { pass: violations.length === 0, measured };
  },
});
