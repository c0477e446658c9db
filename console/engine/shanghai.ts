/** Times as staff read and write them: in Shanghai, which is eight hours before UTC all year round. */

const OFFSET_MS = 8 * 3_600_000;

/** `2026-11-30 18:05`, or with `isExact` `2026-11-30 18:05:09`. `ms` is a moment in milliseconds since 1970. */
export function shanghaiTime(ms: number, isExact = false): string {
  const text = new Date(ms + OFFSET_MS).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, isExact ? 19 : 16)}`;
}

/** As `shanghaiTime`, without the year in which `nowMs` is: `11-30 18:05`. */
export function briefTime(ms: number, nowMs: number, isExact = false): string {
  const text = shanghaiTime(ms, isExact);
  return text.slice(0, 4) === shanghaiTime(nowMs).slice(0, 4) ? text.slice(5) : text;
}

/** The day in which a moment falls, as `2026-11-30`. */
export function shanghaiDay(ms: number): string {
  return new Date(ms + OFFSET_MS).toISOString().slice(0, 10);
}

/** The moment of `2026-11-30T18:05`, which is what a native field of date and time gives; null when it is none. */
export function momentOf(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return null;
  const ms = Date.parse(`${text}:00Z`);
  return Number.isNaN(ms) ? null : ms - OFFSET_MS;
}

/** What a native field of date and time shows for a moment. */
export function fieldTime(ms: number): string {
  return new Date(ms + OFFSET_MS).toISOString().slice(0, 16);
}
