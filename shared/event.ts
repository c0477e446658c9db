/**
 * Events. An event is a fact that can no longer change, with a name, a version, a schema and an example. A fact is
 * stored in the transaction that caused it, as one task for each consumer (`shared/data/tasks.ts`).
 */
import type * as z from 'zod';

/** An event's declaration. `schema` describes the payload. `example` has been parsed by it when the module loaded. */
export interface EventType<D = unknown> {
  /** A noun and a past participle, such as `order.paid`. */
  readonly name: string;
  /** Rises only when a required field changes. Within a version, only optional fields may be added. */
  readonly version: number;
  readonly schema: z.ZodType<D>;
  readonly example: D;
}

/**
 * Declares an event.
 * @throws ZodError when the example does not fit the schema, so a wrong example cannot be loaded.
 */
export function event<S extends z.ZodType>(declared: {
  readonly name: string;
  readonly version: number;
  readonly schema: S;
  readonly example: z.input<S>;
}): EventType<z.output<S>> {
  return { ...declared, example: declared.schema.parse(declared.example), schema: declared.schema as never };
}

/**
 * Something that happened, before it is stored. `key` names the cause, such as an order's or a user's id. The
 * event's id is `<name>:<key>`, so the same cause reported twice is still one event.
 */
export interface Fact<D = unknown> {
  readonly event: EventType<D>;
  readonly key: string;
  readonly data: D;
}

/** Makes a fact. Its data is checked against the event's schema when it is appended. */
export function fact<D>(type: EventType<D>, key: string, data: D): Fact<D> {
  return { event: type, key, data };
}
