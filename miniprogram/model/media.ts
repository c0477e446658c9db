/** Sounds and films: what they are, how fast they may play, and links that end. */

/** The speeds of a sound. */
export const SOUND_SPEEDS: readonly number[] = [0.75, 1, 1.25, 1.5, 2];

/** The speeds of a film. WeChat has no 0.75 for films. */
export const FILM_SPEEDS: readonly number[] = [0.8, 1, 1.25, 1.5, 2];

/** The speed of these that is nearest to the one that somebody chose before. */
export function speedAmong(speeds: readonly number[], chosen: number): number {
  return speeds.reduce((best, one) => (Math.abs(one - chosen) < Math.abs(best - chosen) ? one : best), 1);
}

/** Whether a link is to a sound. Everything else is played as a film. */
export function isSound(url: string): boolean {
  return /\.(mp3|m4a|aac|wav)(\?|$)/i.test(url);
}

/** Whether a link is to a file that the phone shows by itself. */
export function isPdf(url: string): boolean {
  return /\.pdf(\?|$)/i.test(url);
}

const two = (value: number) => String(value).padStart(2, '0');

/** A time on a player: `03:12`, `1:03:12`. */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60)];
  const rest = `${two(minutes)}:${two(whole % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

/** What is to be done when a file does not play. */
export interface Broken {
  /** When its link ends, in milliseconds since 1970. */
  readonly untilAtMs: number;
  /** Whether the link was asked for because another one broke, and has not played since. */
  readonly isSecond: boolean;
}

/**
 * Whether a new link is asked for, and playing goes on at the same second. It is when the link ended, and once more
 * when it did not, because the phone's clock may be wrong.
 */
export function mayRenew({ untilAtMs, isSecond }: Broken, nowMs: number): boolean {
  return !isSecond || nowMs >= untilAtMs;
}
