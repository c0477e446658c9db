/**
 * Events. An event is a fact that can no longer change, with a name, a version, a schema and an example. A fact is
 * stored in the transaction that caused it, as one task for each consumer (`shared/data/tasks.ts`).
 */
import type * as z from 'zod';

/** An event's declaration. `schema` describes the payload. */
export interface EventType<D = unknown> {
  /** A noun and a past participle, such as `order.paid`. */
  readonly name: string;
  /** Rises only when a required field changes. Within a version, only optional fields may be added. */
  readonly version: number;
  readonly schema: z.ZodType<D>;
  /** @throws ZodError when it does not fit the schema. Tools and tests read every event's, and a start reads none. */
  readonly example: D;
}

/** Declares an event. Its example is parsed when it is read. */
export function event<S extends z.ZodType>(declared: {
  readonly name: string;
  readonly version: number;
  readonly schema: S;
  readonly example: z.input<S>;
}): EventType<z.output<S>> {
  const { example, ...rest } = declared;
  return {
    ...rest,
    schema: declared.schema as never,
    get example() {
      return declared.schema.parse(example);
    },
  };
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
