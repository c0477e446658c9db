/** Something that is read from the server, while it is read and afterwards. */
import type { Failure } from './failure.ts';

/** What is known of it. A value may be shown while it is read again, and also after that failed. */
export interface Loaded<T> {
  readonly value: T | null;
  readonly isLoading: boolean;
  readonly failure: Failure | null;
}

/** Not read yet. */
export const unread: Loaded<never> = { value: null, isLoading: false, failure: null };

/** It is being read. What was known stays, and so does why it failed before, until there is an answer. */
export function reading<T>(before: Loaded<T>): Loaded<T> {
  return { value: before.value, isLoading: true, failure: null };
}

/** A kept value is shown while the newest is read. */
export function kept<T>(value: T): Loaded<T> {
  return { value, isLoading: true, failure: null };
}

/** It was read. */
export function ready<T>(value: T): Loaded<T> {
  return { value, isLoading: false, failure: null };
}

/** It could not be read. What was known stays. */
export function failed<T>(before: Loaded<T>, failure: Failure): Loaded<T> {
  return { value: before.value, isLoading: false, failure };
}

/** A list that is read in pages. */
export interface Paged<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null when there is none. */
  readonly nextCursor: string | null;
}

/** A list with its next page. What is in both stands once, where it stood first. */
export function withNext<T extends { readonly id: string }>(before: Paged<T>, next: Paged<T>): Paged<T> {
  const known = new Set(before.items.map(({ id }) => id));
  return {
    items: [...before.items, ...next.items.filter(({ id }) => !known.has(id))],
    nextCursor: next.nextCursor,
  };
}
