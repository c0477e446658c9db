/**
 * Shards: what many people take from at the same time is spread over several documents, so that they do not wait for
 * one.
 */
import type { UserId } from '../schemas/base.ts';

/**
 * `count` things spread over `shards` shards that differ by at most one. The last ones have more: 5 over 3 is [1, 2,
 * 2].
 */
export function spread(count: number, shards: number): number[] {
  return Array.from({ length: shards }, (_, shard) => Math.floor((count + shard) / shards));
}

/** The shard ids in the order in which a user tries them. Different users start at different shards. */
export function startingAt(ids: readonly string[], userId: UserId): string[] {
  let hash = 0;
  for (const character of userId) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_003;
  const start = hash % ids.length;
  return [...ids.slice(start), ...ids.slice(0, start)];
}
