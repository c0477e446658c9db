/** Tables that staff can export. */
import * as z from 'zod';

/** The tables that can be exported. */
export const ExportKind = z.enum([
  'orders',
  'order_lines',
  'payments',
  'refunds',
  'points',
  'users',
  'journal',
  'cases',
]);
export type ExportKind = z.infer<typeof ExportKind>;
