import { sweepDue } from '../../shared/flows/operations/sweepDue.ts';
import { timer } from '../../shared/function.ts';

/**
 * Rings again for tasks that wait, and runs those that have been due for 30 seconds itself.
 *
 * Late tasks of a consumer that takes too long to be run here are left to `sweepLongTasks`.
 */
export const sweepTasks = timer(
  { cron: '*/5 * * * * * *', budgetMs: 20_000, runsConsumers: true },
  async (call) => sweepDue(call),
);
