import * as z from 'zod';
import * as marks from '../../shared/data/review/marks.ts';
import { turnMark } from '../../shared/domain/review/mark.ts';
import { countMark } from '../../shared/flows/review/countMark.ts';
import { seeMarked } from '../../shared/flows/review/seeMarked.ts';
import { http } from '../../shared/function.ts';
import { MarkKind, MarkTarget } from '../../shared/schemas/review/mark.ts';

/**
 * Marks something that the caller sees, such as a comment that they like. Marking it again changes nothing.
 *
 * It writes the caller's own mark and no counter, so any number may mark one thing at once. The count that others read
 * follows within seconds (`foldMarks`).
 */
export const setMark = http(
  {
    route: 'PUT /api/marks/{kind}/{target}',
    auth: 'member',
    input: z.strictObject({ kind: MarkKind, target: MarkTarget }),
    output: z.object({ isOn: z.literal(true) }),
    errors: ['feature.off', 'thread.not_found', 'writing.too_many'],
  },
  async ({ input: { kind, target }, user, now, ports }) => {
    await seeMarked(ports, { target, userId: user.id, now });
    await countMark(ports, user, now);
    const of = { kind, target, userId: user.id };
    await ports.database.tx(async (tx) => {
      const before = await marks.find(tx, of);
      await marks.save(tx, before, turnMark(before, of, true, now));
    });
    return { isOn: true as const };
  },
);
