import * as z from 'zod';
import * as threadCounts from '../../shared/data/talk/threadCounts.ts';
import { ratingOf } from '../../shared/domain/talk/thread.ts';
import { fail } from '../../shared/errors.ts';
import { openThread } from '../../shared/flows/talk/openThread.ts';
import { http } from '../../shared/function.ts';
import { ThreadId, ThreadKind, ThreadSubject, ThreadView } from '../../shared/schemas/talk/thread.ts';

/** Shows how much is said in a thread, what stars a product has, and whether the caller may write and give stars. */
export const getThread = http(
  {
    route: 'GET /api/threads/{kind}/{id}',
    auth: 'optional',
    input: z.strictObject({ kind: ThreadKind, id: ThreadSubject }),
    output: ThreadView,
    errors: ['feature.off', 'thread.not_found'],
  },
  async ({ input: { kind, id: about }, user, now, ports }) => {
    const userId = user?.id ?? null;
    const { data: id } = ThreadId.safeParse(`${kind}:${about}`);
    if (id === undefined) throw fail('thread.not_found');
    const { mayWrite, rates } = await openThread(ports, { threadId: id, userId, use: 'read', now });
    const count = await threadCounts.find(ports.database, id);
    const rating = ratingOf(count);
    const given =
      userId === null || rates === null
        ? null
        : await threadCounts.findRating(ports.database, { productId: rates.id, userId });
    const mayRate = rates !== null && given === null;
    return { id, comments: count?.comments ?? 0, rating, mayWrite, mayRate };
  },
);
