/** Times as learners read them: by the clock of their phone. */

const two = (value: number) => String(value).padStart(2, '0');

/** `11月30日 18:05`, with the year when it is not the one of `nowMs`. Both are milliseconds since 1970. */
export function deviceTime(ms: number, nowMs: number): string {
  const at = new Date(ms);
  return `${deviceDay(ms, nowMs)} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** `11月30日`, with the year when it is not the one of `nowMs`. */
export function deviceDay(ms: number, nowMs: number): string {
  const at = new Date(ms);
  const year = at.getFullYear() === new Date(nowMs).getFullYear() ? '' : `${at.getFullYear()}年`;
  return `${year}${at.getMonth() + 1}月${at.getDate()}日`;
}

/** What is left of a time, as `2天3小时`, `3小时05分` or `04:59`; `00:00` when nothing is left. `leftMs` is milliseconds. */
export function timeLeft(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000));
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3_600)];
  const minutes = Math.floor((seconds % 3_600) / 60);
  if (days > 0) return `${days}天${hours}小时`;
  return hours > 0 ? `${hours}小时${two(minutes)}分` : `${two(minutes)}:${two(seconds % 60)}`;
}
