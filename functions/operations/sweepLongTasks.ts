import { sweepDue } from '../../shared/flows/operations/sweepDue.ts';
import { timer } from '../../shared/function.ts';

/**
 * Does what `sweepTasks` does, where there is time for the consumers that take minutes.
 *
 * Such a task does not depend on the broker either, but may wait for a quarter of an hour when the broker fails.
 */
export const sweepLongTasks = timer(
  { cron: '0 */15 * * * * *', budgetMs: 60_000, runsConsumers: true },
  async (call) => sweepDue(call),
);
