import * as z from 'zod';
import * as cases from '../../../shared/data/operations/cases.ts';
import { previewWritten } from '../../../shared/flows/review/previewWritten.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { ReviewMatterKind } from '../../../shared/schemas/review/review.ts';
import { ReviewPage } from '../../../shared/schemas/review/reviewItem.ts';

const PAGE_SIZE = 20;

/**
 * Lists what waits for staff of one kind, the longest waiting first, with what was written, what others see, and what
 * is known of the writer. By default what is to be published or was sampled.
 */
export const listReviews = http(
  {
    route: 'GET /api/admin/reviews',
    auth: { may: 'content.review' },
    input: z.strictObject({
      kind: ReviewMatterKind.optional(),
      limit: PageSize,
      cursor: Cursor.optional(),
    }),
    output: ReviewPage,
    errors: [],
    cost: 'signature',
  },
  async ({ input: { kind = 'content_review', limit = PAGE_SIZE, cursor = null }, now, ports }) => {
    const page = await cases.list(ports.database, { state: 'open', kind, limit, cursor });
    const items = await Promise.all(page.items.map((one) => previewWritten(ports, one, now)));
    return { items, nextCursor: page.nextCursor };
  },
);
