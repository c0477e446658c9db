/** The collection of full-reduction campaigns. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { CampaignId, TimeMs } from '../../schemas/base.ts';
import { Campaign } from '../../schemas/pricing/promotion.ts';
import { defineCollection, store } from '../collection.ts';

/** Stored campaigns. `published` lists those running or coming, `newest` all of them for staff. */
export const collection = defineCollection({
  name: 'campaigns',
  schema: Campaign,
  version: 2,
  upgrade: (doc) => ({ version: 1, ...doc }),
  indexes: { newest: { fields: ['createdAtMs'] }, published: { fields: ['state', 'untilAtMs'] } },
});

/** The largest number of published campaigns at a time, running and coming ones together. */
export const AHEAD_MAX = 50;

/** The campaign, or null. */
export function find(reader: Pick<Reader, 'find'>, id: CampaignId): Promise<Campaign | null> {
  return reader.find(collection, id);
}

/** The published campaigns whose end is still ahead, at most 50. Some may not have begun. */
export async function ahead(reader: Pick<Reader, 'list'>, now: TimeMs): Promise<readonly Campaign[]> {
  const range = { field: 'untilAtMs', from: now + 1 };
  const query = { index: 'published', where: { state: 'published' }, range, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit: AHEAD_MAX, cursor: null })).items;
}

/** The campaign. @throws promotion.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: CampaignId): Promise<Campaign> {
  const found = await find(reader, id);
  if (found === null) throw fail('promotion.not_found');
  return found;
}

/** One page of all campaigns, newest first. @throws request.invalid for a cursor of another query */
export function list(
  reader: Pick<Reader, 'list'>,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Campaign>> {
  return reader.list(collection, { index: 'newest', where: {}, order: 'descending', ...page });
}

/** Stores a new campaign. */
export function insert(tx: Tx, campaign: Campaign): Promise<void> {
  return tx.insert(collection, campaign);
}

/** Stores a campaign's new state. */
export function save(tx: Tx, before: Campaign, after: Campaign): Promise<void> {
  return store(tx, collection, before, after);
}

/** Deletes a campaign. @throws Error when there is none */
export function remove(tx: Tx, id: CampaignId): Promise<void> {
  return tx.remove(collection, id);
}
