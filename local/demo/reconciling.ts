/** The step of the next morning. */
import type { StaffClient } from '../../client/staff.ts';
import { check, post, type Step, until } from './step.ts';

/** The steps of the next morning: the day's books are compared with the bills of both rails. */
export function reconciling(
  client: StaffClient,
  { simulators, logIn }: { readonly simulators: string; readonly logIn: () => Promise<void> },
): readonly Step[] {
  return [
    [
      '次日对账 the next morning: both rails’ bills against our books',
      async () => {
        const beijing = (nowMs: number) => new Date(nowMs + 8 * 3_600_000);
        const { nowMs } = await post<{ nowMs: number }>(`${simulators}/control/clock`, { ms: 0 });
        const day = beijing(nowMs).toISOString().slice(0, 10);
        const elevenAtMs = Date.parse(`${day}T00:00:00Z`) - 8 * 3_600_000 + (24 + 11) * 3_600_000;
        await post(`${simulators}/control/clock`, { ms: elevenAtMs - nowMs });
        await logIn();
        const shown: string[] = [];
        for (const rail of ['wxpay', 'xpay'] as const) {
          const { askedAtMs } = await client.runReconciliation({ rail, day, reason: '日终对账' });
          const looked = await until(
            `the look at ${rail}`,
            () => client.getReconciliation({ rail, day }).catch(() => null),
            (answer) => (answer?.reconciliation.finishedAtMs ?? 0) >= askedAtMs,
          );
          const reconciliation = looked?.reconciliation;
          check(reconciliation?.openCount === 0, `${rail}: ${JSON.stringify(reconciliation)}`);
          shown.push(
            `${rail} ${reconciliation.paymentCount} paid, ${reconciliation.refundCount} back, ${reconciliation.openCount} open`,
          );
        }
        return `${day} ${shown.join('; ')}`;
      },
    ],
  ];
}
