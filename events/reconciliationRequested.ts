import * as z from 'zod';
import { event } from '../shared/event.ts';
import { Day } from '../shared/schemas/books/journal.ts';
import { BillRail } from '../shared/schemas/books/reconciliation.ts';

/**
 * A member of staff asked to reconcile a rail's day now. Key: rail, day, and the id of the audit entry that says who
 * and why.
 */
export const reconciliationRequested = event({
  name: 'reconciliation.requested',
  version: 1,
  schema: z.object({ rail: BillRail, day: Day }),
  example: { rail: 'xpay', day: '2026-11-11' },
});
