/** The collection of notes. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { LessonId, NoteId, UserId } from '../../schemas/base.ts';
import { Note } from '../../schemas/learning/note.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by id. `ofLesson` lists a user's notes on a lesson. */
export const collection = defineCollection({
  name: 'notes',
  schema: Note,
  version: 1,
  indexes: { ofLesson: { fields: ['userId', 'lessonId', 'createdAtMs'] } },
});

/** The note, or null. */
export function find(reader: Pick<Reader, 'find'>, id: NoteId): Promise<Note | null> {
  return reader.find(collection, id);
}

/** The user's own note. @throws note.not_found, also for a note of somebody else */
export async function getOwn(reader: Pick<Reader, 'find'>, userId: UserId, id: NoteId): Promise<Note> {
  const note = await find(reader, id);
  if (note === null || note.userId !== userId) throw fail('note.not_found');
  return note;
}

/** One page of a user's notes on a lesson, oldest first. @throws request.invalid for a cursor that is not ours */
export function ofLesson(
  reader: Reader,
  of: { readonly userId: UserId; readonly lessonId: LessonId },
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Note>> {
  const where = { userId: of.userId, lessonId: of.lessonId };
  return reader.list(collection, { index: 'ofLesson', where, order: 'ascending', ...page });
}

/** Stores a new note. */
export function insert(tx: Tx, note: Note): Promise<void> {
  return tx.insert(collection, note);
}

/** Stores `after` in place of `before`. Does nothing when it is the same object. */
export function save(tx: Tx, before: Note, after: Note): Promise<void> {
  return store(tx, collection, before, after);
}

/** Deletes a note. @throws Error when there is none */
export function remove(tx: Tx, id: NoteId): Promise<void> {
  return tx.remove(collection, id);
}
