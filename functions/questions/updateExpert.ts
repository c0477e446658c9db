import * as z from 'zod';
import * as experts from '../../shared/data/questions/experts.ts';
import { myExpertView, pause } from '../../shared/domain/questions/expert.ts';
import { http } from '../../shared/function.ts';
import { MyExpertView } from '../../shared/schemas/questions/expert.ts';

/**
 * Pauses the caller as an expert, or ends the pause, at once. Who has paused takes no new question; those that are paid
 * are answered all the same. Texts and the price are changed by another offer (`applyAsExpert`).
 */
export const updateExpert = http(
  {
    route: 'PATCH /api/me/expert',
    auth: 'member',
    input: z.strictObject({ isPaused: z.boolean() }),
    output: z.object({ expert: MyExpertView }),
    errors: ['expert.not_found'],
  },
  async ({ input: { isPaused }, user, now, ports }) => {
    const expert = await ports.database.tx(async (tx) => {
      const before = await experts.get(tx, user.id);
      const after = pause(before, isPaused, now);
      await experts.save(tx, before, after);
      return after;
    });
    return { expert: myExpertView(expert, now) };
  },
);
