import * as z from 'zod';
import * as marks from '../../shared/data/review/marks.ts';
import { turnMark } from '../../shared/domain/review/mark.ts';
import { http } from '../../shared/function.ts';
import { MarkKind, MarkTarget } from '../../shared/schemas/review/mark.ts';

/**
 * Takes the caller's mark back, also of something that they no longer see. Where there is none, nothing changes.
 */
export const unsetMark = http(
  {
    route: 'DELETE /api/marks/{kind}/{target}',
    auth: 'member',
    input: z.strictObject({ kind: MarkKind, target: MarkTarget }),
    output: z.object({ isOn: z.literal(false) }),
    errors: [],
  },
  async ({ input: { kind, target }, user, now, ports }) => {
    const of = { kind, target, userId: user.id };
    await ports.database.tx(async (tx) => {
      const before = await marks.find(tx, of);
      await marks.save(tx, before, turnMark(before, of, false, now));
    });
    return { isOn: false as const };
  },
);
