/** What many people take from at the same time is kept in shards: a crowd does not wait for one document. */
import type { UserId } from '../schemas/base.ts';

/** So many things over so many shards, which differ by one at most: the last ones have more. */
export function spread(count: number, shards: number): number[] {
  return Array.from({ length: shards }, (_, shard) => Math.floor((count + shard) / shards));
}

/** The shards in the order in which a user looks through them: crowds of users start at different ones. */
export function startingAt(ids: readonly string[], userId: UserId): string[] {
  let hash = 0;
  for (const character of userId) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_003;
  const start = hash % ids.length;
  return [...ids.slice(start), ...ids.slice(0, start)];
}
