/** The collection of coupon stocks, in shards. Taking a coupon writes one shard, never a total. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { TemplateId } from '../../schemas/base.ts';
import { CouponStock, type CouponTemplate } from '../../schemas/coupons/coupon.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by id only: `<template id>:<shard>`. */
export const collection = defineCollection({
  name: 'couponStocks',
  schema: CouponStock,
  version: 2,
  upgrade: (stock) => ({ held: {}, ...stock }),
  indexes: {},
});

/** The shard, read to take from it or change it; null when there is none. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<CouponStock | null> {
  return reader.find(collection, id);
}

/** The shard, or null. It is peeked at, so that looking does not conflict with users who take from it. */
export function peek(tx: Pick<Tx, 'peek'>, id: string): Promise<CouponStock | null> {
  return tx.peek(collection, id);
}

/** How many coupons are left in these shards (at most 100), as of now. */
export async function countLeft(reader: Pick<Reader, 'findMany'>, ids: readonly string[]): Promise<number> {
  const stocks = await reader.findMany(collection, ids);
  return stocks.reduce((before, stock) => before + stock.remaining, 0);
}

/** Stores a shard's new count. */
export function save(
  tx: Pick<Tx, 'insert' | 'update'>,
  before: CouponStock | null,
  after: CouponStock,
): Promise<void> {
  return store(tx, collection, before, after);
}

/** The shards of a template; none for a draft. */
export function ofTemplate(
  reader: Pick<Reader, 'findMany'>,
  { id, shardCount }: Pick<CouponTemplate, 'id' | 'shardCount'>,
): Promise<CouponStock[]> {
  const ids = Array.from({ length: shardCount }, (_, shard) => `${id}:${shard}`);
  return reader.findMany(collection, ids);
}

/** Adds `count` coupons to a shard, which may be new. */
export async function add(
  tx: Tx,
  { id, templateId, count }: { readonly id: string; readonly templateId: TemplateId; readonly count: number },
): Promise<void> {
  const before = await find(tx, id);
  const stock = before ?? { id, templateId, remaining: 0, issued: 0, held: {} };
  await save(tx, before, { ...stock, remaining: stock.remaining + count });
}
