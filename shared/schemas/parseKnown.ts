import type * as z from 'zod';

/**
 * Checks a value, and leaves out every key that its schema does not name, at every level, also where the schema is
 * strict. A strict schema refuses what a caller made up; it must not refuse what a newer build has stored.
 */
export function parseKnown<T>(schema: z.ZodType<T>, value: unknown): z.ZodSafeParseResult<T> {
  let parsed = schema.safeParse(value);
  let left: unknown = value;
  for (;;) {
    const unknown = parsed.error?.issues.filter((issue) => issue.code === 'unrecognized_keys') ?? [];
    if (unknown.length === 0) return parsed;
    if (left === value) left = structuredClone(value);
    for (const { path, keys } of unknown) {
      const holder = path.reduce((at: unknown, key) => Reflect.get(Object(at), key), left);
      for (const key of keys) Reflect.deleteProperty(Object(holder), key);
    }
    parsed = schema.safeParse(left);
  }
}
