import * as payments from '../../shared/data/payments/payments.ts';
import * as refunds from '../../shared/data/refunds/refunds.ts';
import { added, eachDue } from '../../shared/flows/eachDue.ts';
import { askingInTurn } from '../../shared/flows/payments/askInTurn.ts';
import { askRail } from '../../shared/flows/payments/askRail.ts';
import { beginPaymentQuestion, beginRefundQuestion } from '../../shared/flows/payments/beginQuestion.ts';
import { paced } from '../../shared/flows/payments/paced.ts';
import { railOf } from '../../shared/flows/payments/railOf.ts';
import { askRefund } from '../../shared/flows/refunds/askRefund.ts';
import { hearOfRefund } from '../../shared/flows/refunds/hearOfRefund.ts';
import { timer } from '../../shared/function.ts';

/**
 * Asks the rails about opened payments and accepted refunds until they are finished. So a lost notice only delays.
 *
 * The pauses between questions grow. The payments opened last come first, at the pace kept for them. Payments of orders
 * whose pay window has ended are left to `closeExpiredOrders`. A question is counted before it is asked; the count is
 * taken back if it was not asked after all. A question that fails is asked again later.
 */
export const syncPayments = timer(
  { cron: '*/30 * * * * * *', budgetMs: 25_000 },
  async ({ now, ports, requestId, hasTime }) => {
    const { database, log } = ports;
    const fresh = paced(ports, { urgency: 'fresh', hasTime });
    const backlog = paced(ports, { urgency: 'backlog', hasTime });
    const askPayment = askingInTurn();
    const askedFor = () =>
      eachDue(
        payments.due(database, now),
        ({ id, rail }) =>
          askPayment(
            rail,
            () => beginPaymentQuestion(database, id, now),
            () => askRail(fresh, id, { now, requestId }),
          ),
        { noun: 'payment', hasTime, log },
      );
    const askBack = askingInTurn();
    const askedBack = () =>
      eachDue(
        refunds.due(database, now),
        (refund) =>
          askBack(
            refund.rail,
            () => beginRefundQuestion(database, refund.id, now),
            async () => {
              const news = await askRefund(backlog, refund);
              if (news === null) return 'skipped';
              await hearOfRefund(ports, railOf(ports.rails, refund.rail).name, news, now);
              return news.state;
            },
          ),
        { noun: 'refund', hasTime, log },
      );
    return added(await Promise.all([askedFor(), askedBack()]));
  },
);
