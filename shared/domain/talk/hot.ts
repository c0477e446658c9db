/**
 * How interesting something is. What is younger stands higher, and each doubling of interest makes up for a day of age.
 * So a place changes only when likes or replies come or go, and never by the passing of time.
 */
import { DAY_MS, SECOND_MS, type TimeMs } from '../../schemas/base.ts';

/** For how long interest moves something. What is older keeps its place. */
export const RANKED_MS = 7 * DAY_MS;

/** A reply takes more trouble than a like. */
const REPLY_WEIGHT = 2;

const DAY_SECONDS = DAY_MS / SECOND_MS;

/** The place in a list by interest, in seconds: the highest is shown first. */
export function hotOf(of: {
  readonly likes: number;
  readonly replies: number;
  readonly publicAtMs: TimeMs;
}): number {
  const interest = of.likes + REPLY_WEIGHT * of.replies;
  return Math.floor(of.publicAtMs / SECOND_MS) + Math.floor(DAY_SECONDS * Math.log2(1 + interest));
}
