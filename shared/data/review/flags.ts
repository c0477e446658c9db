/** The collection of flags: one document for each person and version. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Flag } from '../../schemas/review/flag.ts';
import type { ReviewTarget } from '../../schemas/review/review.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by id, and those of a version by their weight. */
export const collection = defineCollection({
  name: 'flags',
  schema: Flag,
  version: 1,
  indexes: {
    ofTarget: { fields: ['target', 'version', 'weight'] },
  },
});

/** What a flag is about, and whose it is. */
export interface FlagOf {
  readonly target: ReviewTarget;
  readonly version: number;
  readonly userId: UserId;
}

/** The id of a person's flag of a version. */
export function flagId({ target, version, userId }: FlagOf): string {
  return `${target}:${version}:${userId}`;
}

/** The flag, or null. */
export function find(reader: Pick<Reader, 'find'>, of: FlagOf): Promise<Flag | null> {
  return reader.find(collection, flagId(of));
}

/** Stores a new flag. */
export function insert(tx: Tx, flag: Flag): Promise<void> {
  return tx.insert(collection, flag);
}

/** Stores a flag's new state. */
export function save(tx: Tx, before: Flag, after: Flag): Promise<void> {
  return store(tx, collection, before, after);
}

/** The flags of a version that weigh something, the heaviest first, at most `limit`. */
export async function weightyOf(
  reader: Pick<Reader, 'list'>,
  { target, version }: Pick<FlagOf, 'target' | 'version'>,
  limit: number,
): Promise<readonly Flag[]> {
  const range = { field: 'weight', from: 1 };
  const query = { index: 'ofTarget', where: { target, version }, range, order: 'descending' } as const;
  return (await reader.list(collection, { ...query, limit, cursor: null })).items;
}
