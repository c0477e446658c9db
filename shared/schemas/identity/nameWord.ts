/** The words by which staff find people. */
import * as z from 'zod';
import { UserId } from '../base.ts';

/** A word of a nickname, from its first character to the nickname's end, under `<word>:<user>`. */
export const NameWord = z.object({ id: z.string().max(200), userId: UserId });
export type NameWord = z.infer<typeof NameWord>;

/** The id under which a word of a user's nickname is stored. A word has no punctuation, and so no colon. */
export function nameWordId(word: string, userId: UserId): string {
  return `${word}:${userId}`;
}
