import * as z from 'zod';
import * as notes from '../../shared/data/learning/notes.ts';
import * as progresses from '../../shared/data/learning/progresses.ts';
import { http } from '../../shared/function.ts';
import { NoteId } from '../../shared/schemas/base.ts';

/** Deletes the caller's own note for good. */
export const removeNote = http(
  {
    route: 'DELETE /api/notes/{id}',
    auth: 'member',
    input: z.strictObject({ id: NoteId }),
    output: z.object({ id: NoteId }),
    errors: ['note.not_found'],
  },
  async ({ input: { id }, user, now, ports }) => {
    await ports.database.tx(async (tx) => {
      const { lessonId } = await notes.getOwn(tx, user.id, id);
      const before = await progresses.find(tx, user.id, lessonId);
      await notes.remove(tx, id);
      if (before === null) return;
      await progresses.save(tx, before, { ...before, notes: before.notes - 1, updatedAtMs: now });
    });
    return { id };
  },
);
