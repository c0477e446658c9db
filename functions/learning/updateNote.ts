import * as z from 'zod';
import * as notes from '../../shared/data/learning/notes.ts';
import { changeNote, noteView } from '../../shared/domain/learning/note.ts';
import { http } from '../../shared/function.ts';
import { NoteId } from '../../shared/schemas/base.ts';
import { NoteAsked, NoteView } from '../../shared/schemas/learning/note.ts';

/** Changes the text of the caller's own note. Its place in the lesson stays. */
export const updateNote = http(
  {
    route: 'PATCH /api/notes/{id}',
    auth: 'member',
    input: z.strictObject({ id: NoteId, text: NoteAsked }),
    output: z.object({ note: NoteView }),
    errors: ['note.not_found'],
  },
  async ({ input: { id, text }, user, now, ports }) => {
    const note = await ports.database.tx(async (tx) => {
      const before = await notes.getOwn(tx, user.id, id);
      const after = changeNote(before, text, now);
      await notes.save(tx, before, after);
      return after;
    });
    return { note: noteView(note) };
  },
);
