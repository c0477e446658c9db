/** The collection of users' coupons. Their ids are derived from their causes. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { CouponId, TemplateId, TimeMs, UserId } from '../../schemas/base.ts';
import { Coupon, type CouponState } from '../../schemas/coupons/coupon.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Listed by owner (and by state or template), and by when they expire. */
export const collection = defineCollection({
  name: 'coupons',
  schema: Coupon,
  version: 1,
  indexes: {
    ofUser: { fields: ['userId', 'claimedAtMs'] },
    ofUserByState: { fields: ['userId', 'state', 'expiresAtMs'] },
    ofUserByTemplate: { fields: ['userId', 'templateId'] },
    due: { fields: ['state', 'expiresAtMs'] },
  },
});

/** The coupon, or null. */
export function find(reader: Pick<Reader, 'find'>, id: CouponId): Promise<Coupon | null> {
  return reader.find(collection, id);
}

/** The coupon, whoever owns it. @throws coupon.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: CouponId): Promise<Coupon> {
  const coupon = await find(reader, id);
  if (coupon === null) throw fail('coupon.not_found', { params: { couponId: id } });
  return coupon;
}

/** The coupon if this user owns it. Somebody else's counts as not found. @throws coupon.not_found */
export async function getOwn(reader: Pick<Reader, 'find'>, id: CouponId, userId: UserId): Promise<Coupon> {
  const coupon = await get(reader, id);
  if (coupon.userId !== userId) {
    throw fail('coupon.not_found', { params: { couponId: id }, detail: 'of somebody else' });
  }
  return coupon;
}

/** Stores a new coupon. */
export function insert(tx: Pick<Tx, 'insert'>, coupon: Coupon): Promise<void> {
  return tx.insert(collection, coupon);
}

/** Stores a coupon's new state. */
export function save(tx: Pick<Tx, 'insert' | 'update'>, before: Coupon, after: Coupon): Promise<void> {
  return store(tx, collection, before, after);
}

/**
 * One page of a user's coupons. Without a state: all, newest claim first. With a state: the latest end first;
 * available ones the earliest end first, without expired ones.
 * @throws request.invalid for a cursor of another query
 */
export function ofUser(
  reader: Pick<Reader, 'list'>,
  asked: {
    readonly userId: UserId;
    readonly state: CouponState | null;
    readonly now: TimeMs;
    readonly limit: number;
    readonly cursor: string | null;
  },
): Promise<Page<Coupon>> {
  const { userId, state, now, limit, cursor } = asked;
  if (state === null) {
    const query = { index: 'ofUser', where: { userId }, order: 'descending' } as const;
    return reader.list(collection, { ...query, limit, cursor });
  }
  const query = { index: 'ofUserByState', where: { userId, state }, limit, cursor } as const;
  if (state !== 'available') return reader.list(collection, { ...query, order: 'descending' });
  const range = { field: 'expiresAtMs', from: now + 1 };
  return reader.list(collection, { ...query, range, order: 'ascending' });
}

/** One page of everybody's coupons of a template, in the order of their ids, which begin with the template's. */
export function ofTemplate(
  reader: Pick<Reader, 'list'>,
  templateId: TemplateId,
  { limit, cursor }: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Coupon>> {
  const own = templateId.replace(/^tpl_/, 'cpn_');
  const range = { field: 'id', from: `${own}_`, below: `${own}\`` };
  return reader.list(collection, { index: 'id', where: {}, range, order: 'ascending', limit, cursor });
}

/** How many coupons of each of these templates (at most 50) a user has ever been given. */
export async function countOfUser(
  reader: Reader,
  userId: UserId,
  templateIds: readonly TemplateId[],
): Promise<ReadonlyMap<TemplateId, number>> {
  const counts = new Map<TemplateId, number>();
  if (templateIds.length === 0) return counts;
  const where = { userId, templateId: templateIds };
  const query = { index: 'ofUserByTemplate', where, order: 'ascending', limit: 1000 } as const;
  for await (const { templateId } of all(reader, collection, query)) {
    counts.set(templateId, (counts.get(templateId) ?? 0) + 1);
  }
  return counts;
}

/** All available coupons that end within a period, the earliest first. */
export function endingWithin(
  reader: Reader,
  within: { readonly from: TimeMs; readonly below: TimeMs },
): AsyncGenerator<Coupon> {
  const range = { field: 'expiresAtMs', ...within };
  const query = { index: 'due', where: { state: 'available' }, range, order: 'ascending' } as const;
  return all(reader, collection, { ...query, limit: 100 });
}

/** All available coupons past their end, the longest past first. */
export function due(reader: Reader, now: TimeMs): AsyncGenerator<Coupon> {
  return all(reader, collection, {
    index: 'due',
    where: { state: 'available' },
    range: { field: 'expiresAtMs', below: now + 1 },
    order: 'ascending',
    limit: 100,
  });
}
