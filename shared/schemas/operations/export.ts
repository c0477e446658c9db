/** Tables that staff take away. */
import * as z from 'zod';

/** What can be exported. */
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
