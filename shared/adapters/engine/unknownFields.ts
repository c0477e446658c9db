/**
 * Keeps fields that a newer build has stored, when this build updates the document. An update replaces only the
 * fields that this build knows.
 *
 * - An object keeps its unknown fields while it stays in its place. An object of another `kind` or with another id
 *   (`id`, or its first field that ends in `Id`) is another object, and starts without any.
 * - An item of a list keeps its unknown fields while the list has an item with its id, at whatever position.
 *   Example: the stored order lines are `[{productId: 'a'}, {productId: 'b'}]` and an update writes `[{productId:
 *   'b'}]`. Then `b` keeps its unknown fields, and those of `a` are removed with it.
 * - Items without an id are identified by their first field, such as a step's `thresholdFen`. If equally many items
 *   are left over on both sides, they count as changed in place.
 */
import type * as z from 'zod';
import { parseKnown } from '../../schemas/parseKnown.ts';

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The document to store: `written`, plus every field of `stored` that the schema does not name. Null when `stored`
 * does not fit the schema, because its unknown fields cannot be determined then.
 */
export function withUnknownFields<T>(schema: z.ZodType<T>, stored: unknown, written: T): T | null {
  if (!mayLack(stored, written)) return written;
  const known = parseKnown(schema, stored);
  return known.success ? (carried(stored, known.data, written) as T) : null;
}

/** Whether `written` may lack a key of `stored`. It rarely does, so this quick check avoids the full comparison. */
function mayLack(stored: unknown, written: unknown): boolean {
  if (Array.isArray(stored) && Array.isArray(written)) {
    if (written.length === 0) return false;
    return stored.some((item, place) => mayLack(item, written[place] ?? written[0]));
  }
  if (!isObject(stored) || !isObject(written)) return false;
  return Object.entries(stored).some(
    ([key, value]) => !Object.hasOwn(written, key) || mayLack(value, written[key]),
  );
}

/** `written`, plus the fields that `stored` has beyond `known`. `known` is `stored` as the schema reads it. */
function carried(stored: unknown, known: unknown, written: unknown): unknown {
  if (Array.isArray(stored) && Array.isArray(known) && Array.isArray(written)) {
    const origins = originsOf(known, written);
    return written.map((item, place) => {
      const origin = origins[place];
      return origin === undefined ? item : carried(stored[origin], known[origin], item);
    });
  }
  if (!isObject(stored) || !isObject(known) || !isObject(written)) return written;
  const whole: Record<string, unknown> = { ...written };
  for (const [key, value] of Object.entries(stored)) {
    if (!Object.hasOwn(known, key)) put(whole, key, value);
    else if (Object.hasOwn(written, key) && isSame(known[key], written[key])) {
      put(whole, key, carried(value, known[key], written[key]));
    }
  }
  return whole;
}

/** Works for the key `__proto__` too, which an assignment would take for the prototype. */
function put(fields: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(fields, key, { value, enumerable: true, writable: true, configurable: true });
}

/** The field that identifies an object; null when it has none. */
function idField(fields: Fields): string | null {
  return Object.hasOwn(fields, 'id') ? 'id' : (Object.keys(fields).find((key) => key.endsWith('Id')) ?? null);
}

function identityOf(fields: Fields): readonly unknown[] {
  const field = idField(fields);
  return [fields.kind ?? null, field === null ? null : fields[field]];
}

function isSame(known: unknown, written: unknown): boolean {
  if (!isObject(known) || !isObject(written)) return true;
  return JSON.stringify(identityOf(known)) === JSON.stringify(identityOf(written));
}

/** For each written item the position of the stored item it corresponds to; undefined for a new item. */
function originsOf(known: readonly unknown[], written: readonly unknown[]): readonly (number | undefined)[] {
  const labels = known.map(labelOf);
  const isTaken = new Set<number>();
  const origins = written.map((item) => {
    const label = labelOf(item);
    const origin = labels.findIndex((each, place) => each === label && !isTaken.has(place));
    if (origin === -1) return undefined;
    isTaken.add(origin);
    return origin;
  });
  const gone = known.flatMap((item, place) => (isTaken.has(place) || hasId(item) ? [] : [place]));
  const added = written.flatMap((item, place) =>
    origins[place] !== undefined || hasId(item) ? [] : [place],
  );
  if (gone.length !== added.length) return origins;
  for (const [n, place] of added.entries()) origins[place] = gone[n];
  return origins;
}

function hasId(item: unknown): boolean {
  return isObject(item) && idField(item) !== null;
}

/** The text by which an item is identified. */
function labelOf(item: unknown): string {
  if (!isObject(item)) return JSON.stringify(item);
  const [first = null] = Object.values(item);
  return JSON.stringify([...identityOf(item), hasId(item) ? null : first]);
}
