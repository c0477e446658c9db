import type * as z from 'zod';

/**
 * Parses a value, and drops every key that its schema does not name, at every level, even where the schema is
 * strict. A strict schema refuses keys that a caller made up. It must not refuse fields that a newer build has
 * stored.
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
