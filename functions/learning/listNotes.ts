import * as z from 'zod';
import * as notes from '../../shared/data/learning/notes.ts';
import { noteView } from '../../shared/domain/learning/note.ts';
import { http } from '../../shared/function.ts';
import { Cursor, LessonId, PageSize } from '../../shared/schemas/base.ts';
import { NotePage } from '../../shared/schemas/learning/note.ts';

/** Lists the caller's notes on a lesson, oldest first, also when they may not open the lesson any more. */
export const listNotes = http(
  {
    route: 'GET /api/notes',
    auth: 'member',
    input: z.strictObject({ lessonId: LessonId, cursor: Cursor.optional(), limit: PageSize }),
    output: NotePage,
    errors: [],
  },
  async ({ input: { lessonId, limit = 20, cursor = null }, user, ports }) => {
    const of = { userId: user.id, lessonId };
    const page = await notes.ofLesson(ports.database, of, { limit, cursor });
    return { items: page.items.map(noteView), nextCursor: page.nextCursor };
  },
);
