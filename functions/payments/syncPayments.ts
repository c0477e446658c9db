import * as payments from '../../shared/data/payments/payments.ts';
import * as refunds from '../../shared/data/refunds/refunds.ts';
import { beginPaymentSync, beginSync } from '../../shared/domain/payments/payment.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { askRail } from '../../shared/flows/payments/askRail.ts';
import { railOf } from '../../shared/flows/payments/railOf.ts';
import { askRefund } from '../../shared/flows/refunds/askRefund.ts';
import { hearOfRefund } from '../../shared/flows/refunds/hearOfRefund.ts';
import { timer } from '../../shared/function.ts';

/**
 * Asks the rail about payments that were opened and refunds that were accepted, with growing pauses, until they are
 * finished: so a lost notice only delays. Each question is counted before it is asked; one that fails comes again.
 */
export const syncPayments = timer(
  { cron: '*/30 * * * * * *', budgetMs: 25_000 },
  async ({ now, ports, requestId, hasTime }) => {
    const { log } = ports;
    const asked = await eachDue(
      payments.due(ports.database, now),
      async ({ id }) => {
        const isOurs = await ports.database.tx(async (tx) => {
          const begun = beginPaymentSync(await payments.get(tx, id), now);
          if (begun !== null) await payments.save(tx, begun);
          return begun !== null;
        });
        return isOurs ? askRail(ports, id, { now, requestId }) : 'skipped';
      },
      { noun: 'payment', hasTime, log },
    );
    const askedBack = await eachDue(
      refunds.due(ports.database, now),
      async (refund) => {
        const isOurs = await ports.database.tx(async (tx) => {
          const begun = beginSync(await refunds.get(tx, refund.id), now);
          if (begun !== null) await refunds.save(tx, begun);
          return begun !== null;
        });
        const news = isOurs ? await askRefund(ports, refund) : null;
        if (news === null) return 'skipped';
        await hearOfRefund(ports, railOf(ports.rails, refund.rail).name, news, now);
        return news.state;
      },
      { noun: 'refund', hasTime, log },
    );
    return { ...asked, ...askedBack };
  },
);
