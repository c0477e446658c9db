/** The rules of notes. */
import { fail } from '../../errors.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Note, NoteView } from '../../schemas/learning/note.ts';
import { NOTES_MAX, type Progress } from '../../schemas/learning/progress.ts';

/** What somebody writes. */
export type NoteWritten = Pick<Note, 'id' | 'userId' | 'lessonId' | 'second' | 'text'>;

/**
 * The stored note, as the answer to a repeat. It may have changed since.
 * @throws note.id_taken when the id was used by somebody else or on another lesson
 */
export function writtenBefore(stored: Note, asked: NoteWritten): Note {
  if (stored.userId !== asked.userId || stored.lessonId !== asked.lessonId) throw fail('note.id_taken');
  return stored;
}

/** A new note, and the progress that counts it. @throws note.too_many */
export function writeNote(
  before: Progress,
  asked: NoteWritten,
  now: TimeMs,
): { readonly note: Note; readonly progress: Progress } {
  if (before.notes >= NOTES_MAX) throw fail('note.too_many', { params: { notesMax: NOTES_MAX } });
  const note = { ...asked, createdAtMs: now, updatedAtMs: now };
  return { note, progress: { ...before, notes: before.notes + 1, updatedAtMs: now } };
}

/** The note with another text. The same object is returned when it has that text. */
export function changeNote(before: Note, text: string, now: TimeMs): Note {
  return before.text === text ? before : { ...before, text, updatedAtMs: now };
}

/** A note as its author sees it. */
export function noteView({ id, lessonId, second, text, createdAtMs, updatedAtMs }: Note): NoteView {
  return { id, lessonId, second, text, createdAtMs, updatedAtMs };
}
