import * as z from 'zod';
import * as notes from '../../shared/data/learning/notes.ts';
import * as progresses from '../../shared/data/learning/progresses.ts';
import { noteView, writeNote, writtenBefore } from '../../shared/domain/learning/note.ts';
import { fail } from '../../shared/errors.ts';
import { http } from '../../shared/function.ts';
import { LessonId, NoteId } from '../../shared/schemas/base.ts';
import { NoteAsked, NoteView } from '../../shared/schemas/learning/note.ts';
import { MediaSecond } from '../../shared/schemas/learning/progress.ts';

/**
 * Writes a note on a lesson that the caller has opened. Nobody else sees it.
 *
 * The client makes the id and keeps it until it has an answer: a repeat with the same id answers the note as it is.
 */
export const createNote = http(
  {
    route: 'POST /api/notes',
    auth: 'member',
    input: z.strictObject({ id: NoteId, lessonId: LessonId, second: MediaSecond, text: NoteAsked }),
    output: z.object({ note: NoteView }),
    errors: ['progress.not_opened', 'note.id_taken', 'note.too_many'],
  },
  async ({ input, user, now, ports }) => {
    const asked = { ...input, userId: user.id };
    const note = await ports.database.tx(async (tx) => {
      const stored = await notes.find(tx, input.id);
      if (stored !== null) return writtenBefore(stored, asked);
      const before = await progresses.find(tx, user.id, input.lessonId);
      if (before === null) throw fail('progress.not_opened');
      const written = writeNote(before, asked, now);
      await notes.insert(tx, written.note);
      await progresses.save(tx, before, written.progress);
      return written.note;
    });
    return { note: noteView(note) };
  },
);
