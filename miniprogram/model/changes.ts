/** What has to be sent to a page's screen: only what changed. */

/** Values by the path that `setData` takes: `title`, or `items[20]`. */
export type Changes = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Whether two values of JSON are the same. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && isSame(a[key], b[key]));
}

/** The items of a list that are new or other than before, by path; null when the whole list has to be sent. */
function changedItems(key: string, before: readonly unknown[], after: readonly unknown[]): Changes | null {
  if (after.length < before.length || before.length === 0) return null;
  const indexes = after.map((_, index) => index);
  const changed = indexes.filter((index) => index >= before.length || !isSame(before[index], after[index]));
  const isMostlyOther = changed.filter((index) => index < before.length).length * 2 > before.length;
  if (isMostlyOther) return null;
  return Object.fromEntries(changed.map((index) => [`${key}[${index}]`, after[index]]));
}

/**
 * What makes `after` of `before`: the top-level keys that changed. Of a list that grew it is only what is new, because
 * a whole list with each of its pages is what makes long lists slow.
 */
export function changesBetween(before: object, after: object): Changes {
  const known: Readonly<Record<string, unknown>> = { ...before };
  const changes: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(after)) {
    const old = known[key];
    if (isSame(old, value)) continue;
    const items = Array.isArray(old) && Array.isArray(value) ? changedItems(key, old, value) : null;
    Object.assign(changes, items ?? { [key]: value });
  }
  return changes;
}
