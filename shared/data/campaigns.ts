/** Full-reduction campaigns. */
import type { Page, Reader, Tx } from '../ports.ts';
import type { CampaignId, TimeMs } from '../schemas/base.ts';
import { Campaign } from '../schemas/promotion.ts';
import { defineCollection } from './collection.ts';

/** Stored campaigns; `byEnd` finds those that have not ended, and lists them for staff. */
export const collection = defineCollection({
  name: 'campaigns',
  schema: Campaign,
  version: 1,
  indexes: { byEnd: { fields: ['untilAtMs'] } },
});

/** How many campaigns are looked at for a price, those that end first: more at a time nobody runs. */
const RUNNING_MAX = 50;

/** The campaign, or null. */
export function find(reader: Pick<Reader, 'find'>, id: CampaignId): Promise<Campaign | null> {
  return reader.find(collection, id);
}

/** The campaigns whose end lies ahead, at most 50: of these some may not have begun, or have been ended. */
export async function ahead(reader: Pick<Reader, 'list'>, now: TimeMs): Promise<readonly Campaign[]> {
  const range = { field: 'untilAtMs', from: now + 1 };
  const query = { index: 'byEnd', where: {}, range, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit: RUNNING_MAX, cursor: null })).items;
}

/** One page of all campaigns, the latest end first. @throws request.invalid for a cursor of another query */
export function list(
  reader: Pick<Reader, 'list'>,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Campaign>> {
  return reader.list(collection, { index: 'byEnd', where: {}, order: 'descending', ...page });
}

/** Stores a new campaign. */
export function insert(tx: Tx, campaign: Campaign): Promise<void> {
  return tx.insert(collection, campaign);
}

/** Stores a campaign's new state. */
export function save(tx: Tx, campaign: Campaign): Promise<void> {
  return tx.update(collection, campaign);
}
