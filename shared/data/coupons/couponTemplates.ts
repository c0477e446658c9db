/**
 * The collection of coupon templates, which staff publish and learners claim. The remaining stock is in
 * `couponStocks`.
 */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { TemplateId, TimeMs } from '../../schemas/base.ts';
import { CouponTemplate, type TemplateState } from '../../schemas/coupons/coupon.ts';
import { defineCollection, store } from '../collection.ts';

/** `open` lists by state, audience and end of claiming; `byTime` and `byState` list by creation, for staff. */
export const collection = defineCollection({
  name: 'couponTemplates',
  schema: CouponTemplate,
  version: 4,
  upgrade: (template) => ({ pointsPrice: null, buyersOf: [], version: 1, ...template }),
  indexes: {
    open: { fields: ['state', 'audience', 'claimUntilAtMs'] },
    byTime: { fields: ['createdAtMs'] },
    byState: { fields: ['state', 'createdAtMs'] },
  },
});

/** The template, or null. */
export function find(reader: Pick<Reader, 'find'>, id: TemplateId): Promise<CouponTemplate | null> {
  return reader.find(collection, id);
}

/** The template. @throws coupon.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: TemplateId): Promise<CouponTemplate> {
  const template = await find(reader, id);
  if (template === null) throw fail('coupon.not_found', { params: { templateId: id } });
  return template;
}

/** The template, published or ended. A draft counts as not found. @throws coupon.not_found */
export async function getPublished(reader: Pick<Reader, 'find'>, id: TemplateId): Promise<CouponTemplate> {
  const template = await get(reader, id);
  if (template.state === 'draft') {
    throw fail('coupon.not_found', { params: { templateId: id }, detail: 'not published' });
  }
  return template;
}

/**
 * One page of published templates for these audiences that can be claimed now or later, the one that ends first
 * before others.
 * @throws request.invalid for a cursor of another query
 */
export function listOpen(
  reader: Pick<Reader, 'list'>,
  asked: {
    readonly audiences: readonly CouponTemplate['audience'][];
    readonly now: TimeMs;
    readonly limit: number;
    readonly cursor: string | null;
  },
): Promise<Page<CouponTemplate>> {
  return reader.list(collection, {
    index: 'open',
    where: { state: 'published', audience: asked.audiences },
    range: { field: 'claimUntilAtMs', from: asked.now + 1 },
    order: 'ascending',
    limit: asked.limit,
    cursor: asked.cursor,
  });
}

/**
 * One page of templates in a state, or in any (null), newest first.
 * @throws request.invalid for a cursor of another query
 */
export function list(
  reader: Pick<Reader, 'list'>,
  state: TemplateState | null,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<CouponTemplate>> {
  const by = state === null ? { index: 'byTime', where: {} } : { index: 'byState', where: { state } };
  return reader.list(collection, { ...by, order: 'descending', ...page });
}

/** Stores a new template. */
export function insert(tx: Pick<Tx, 'insert'>, template: CouponTemplate): Promise<void> {
  return tx.insert(collection, template);
}

/** Stores a template's new state. */
export function save(
  tx: Pick<Tx, 'insert' | 'update'>,
  before: CouponTemplate,
  after: CouponTemplate,
): Promise<void> {
  return store(tx, collection, before, after);
}

/** Deletes a template. @throws Error when there is none */
export function remove(tx: Tx, id: TemplateId): Promise<void> {
  return tx.remove(collection, id);
}
