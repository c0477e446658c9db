/** Where somebody was in what they play or read. */
import { CELL_SECONDS } from './heard.ts';

/** A place: a second of a sound or film, or how far a text was scrolled, in px. */
export interface Place {
  readonly at: number;
  /** How long the whole is, in seconds; for a text the px that its letters had. */
  readonly of: number;
  /** When they were there, in milliseconds since 1970. */
  readonly atMs: number;
}

/** Places by the id of the lesson or product. */
export type Places = Readonly<Record<string, Place>>;

/** As many places are kept, the newest ones. */
export const PLACES_MAX = 300;

/** So close to its end something counts as played. */
const END_SECONDS = 10;

/** The places with one more. The oldest ones go when there are too many. */
export function withPlace(places: Places, id: string, place: Place, max = PLACES_MAX): Places {
  const others = Object.entries(places)
    .filter(([key]) => key !== id)
    .sort(([, a], [, b]) => b.atMs - a.atMs);
  return Object.fromEntries([[id, place] as const, ...others].slice(0, max));
}

/**
 * The second at which playing goes on: where the cell begins that was not played whole. What was played to its end
 * begins anew.
 */
export function secondsToResume(place: Place | undefined): number {
  if (place === undefined || place.at < 1) return 0;
  const isOver = place.of > 0 && place.at > place.of - END_SECONDS;
  return isOver ? 0 : Math.floor(place.at / CELL_SECONDS) * CELL_SECONDS;
}

/** The newer of two places; undefined when there is none. */
export function newerPlace(one: Place | undefined, other: Place | undefined): Place | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.atMs >= other.atMs ? one : other;
}

/** How far a text is to be scrolled, in px, when its letters are `letterPx` high now. */
export function scrollToResume(place: Place | undefined, letterPx: number): number {
  return place === undefined || place.of <= 0 ? 0 : Math.round((place.at * letterPx) / place.of);
}
