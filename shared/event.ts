/**
 * What an event is: a fact that can no longer change, with a name, a version, a schema and an example. Facts leave
 * through the transaction that caused them, one task for each consumer (`shared/data/tasks.ts`).
 */
import type * as z from 'zod';

/** An event's declaration. `schema` is of the payload; `example` has been parsed when the module loaded. */
export interface EventType<D = unknown> {
  /** Noun + past participle, `order.paid`. */
  readonly name: string;
  /** Rises only when a required field changes; within a version only optional fields may be added. */
  readonly version: number;
  readonly schema: z.ZodType<D>;
  readonly example: D;
}

/** Declares an event. @throws when the example does not fit the schema, so a wrong sample cannot be loaded. */
export function event<S extends z.ZodType>(declared: {
  readonly name: string;
  readonly version: number;
  readonly schema: S;
  readonly example: z.input<S>;
}): EventType<z.output<S>> {
  return { ...declared, example: declared.schema.parse(declared.example), schema: declared.schema as never };
}

/**
 * What happened, before it is stored. `key` names the cause (an order's id, a user's id): the event's id is
 * `<name>:<key>`, so the same cause can be told twice and is still one event.
 */
export interface Fact<D = unknown> {
  readonly event: EventType<D>;
  readonly key: string;
  readonly data: D;
}

/** Says what happened. The data is checked against the event's schema when it is appended. */
export function fact<D>(type: EventType<D>, key: string, data: D): Fact<D> {
  return { event: type, key, data };
}
