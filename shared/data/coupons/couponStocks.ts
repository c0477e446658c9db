/** The stock of coupon templates, in shards: whoever takes a coupon writes one of them, and never a count of all. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { TemplateId } from '../../schemas/base.ts';
import { CouponStock, type CouponTemplate } from '../../schemas/coupons/coupon.ts';
import { defineCollection, store } from '../collection.ts';

/** By id only, `<template id>:<shard>`. */
export const collection = defineCollection({
  name: 'couponStocks',
  schema: CouponStock,
  version: 1,
  indexes: {},
});

/** The shard, for a decision, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<CouponStock | null> {
  return reader.find(collection, id);
}

/** The shard, for a look that conflicts with nobody who takes from it, or null. */
export function peek(tx: Pick<Tx, 'peek'>, id: string): Promise<CouponStock | null> {
  return tx.peek(collection, id);
}

/** How many are left in these shards (at most 100) together: true for a moment only. */
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

/** The shards of a template; of a draft there are none. */
export function ofTemplate(
  reader: Pick<Reader, 'findMany'>,
  { id, shardCount }: Pick<CouponTemplate, 'id' | 'shardCount'>,
): Promise<CouponStock[]> {
  const ids = Array.from({ length: shardCount }, (_, shard) => `${id}:${shard}`);
  return reader.findMany(collection, ids);
}

/** Adds so many to a shard of a template's stock, which may be a new one. */
export async function add(
  tx: Tx,
  { id, templateId, count }: { readonly id: string; readonly templateId: TemplateId; readonly count: number },
): Promise<void> {
  const before = await find(tx, id);
  const stock = before ?? { id, templateId, remaining: 0, issued: 0 };
  await save(tx, before, { ...stock, remaining: stock.remaining + count });
}
