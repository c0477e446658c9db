/** Notes that learners write on lessons for themselves. Nobody else sees them. */
import * as z from 'zod';
import { LessonId, lines, NoteId, pageOf, storedText, TimeMs, UserId } from '../base.ts';
import { MediaSecond } from './progress.ts';

/** The text of a note as its author writes it. */
export const NoteAsked = lines(2_000);

/** A stored note. */
export const Note = z.object({
  id: NoteId,
  userId: UserId,
  lessonId: LessonId,
  /** The place in the lesson's media that it is about. */
  second: MediaSecond,
  text: storedText(NoteAsked),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Note = z.infer<typeof Note>;

/** A note as its author sees it. */
export const NoteView = Note.omit({ userId: true });
export type NoteView = z.infer<typeof NoteView>;

/** One page of the notes on a lesson. */
export const NotePage = pageOf(NoteView);
