/**
 * Counts the coupons of each template, a page at a time, and compares them with what its stock says was issued.
 *
 * Coupons are given while they are counted. So the stock is read before and after: it must have issued no more than
 * there are at first, and no fewer in the end. Coupons are never deleted.
 */
import * as z from 'zod';
import * as couponStocks from '../../data/coupons/couponStocks.ts';
import * as coupons from '../../data/coupons/coupons.ts';
import * as couponTemplates from '../../data/coupons/couponTemplates.ts';
import { type Finding, issuedFindings } from '../../domain/operations/invariants.ts';
import type { Reader } from '../../ports/database.ts';
import { TemplateId } from '../../schemas/base.ts';
import type { CouponTemplate } from '../../schemas/coupons/coupon.ts';

/** How many coupons one step counts. */
const TOGETHER = 500;

/** A place in the count: in the list of templates, and in the coupons of one of them. */
const Place = z.object({
  templates: z.string().nullable(),
  /** The template whose coupons are being counted; null before the next one. */
  open: z
    .object({
      id: TemplateId,
      issuedBefore: z.int(),
      counted: z.int(),
      coupons: z.string().nullable(),
    })
    .nullable(),
});
type Place = z.infer<typeof Place>;
type Open = NonNullable<Place['open']>;

async function issuedOf(reader: Reader, template: CouponTemplate): Promise<number> {
  const shards = await couponStocks.ofTemplate(reader, template);
  return shards.reduce((sum, { issued }) => sum + issued, 0);
}

/** The next template, with nothing of it counted yet. */
async function nextTemplate(reader: Reader, cursor: string | null): Promise<Place> {
  const query = { index: 'id', where: {}, order: 'ascending', limit: 1, cursor } as const;
  const { items, nextCursor: templates } = await reader.list(couponTemplates.collection, query);
  const [template] = items;
  if (template === undefined) return { templates, open: null };
  const issuedBefore = await issuedOf(reader, template);
  return { templates, open: { id: template.id, issuedBefore, counted: 0, coupons: null } };
}

/** Counts one more page of a template's coupons. `coupons` is null behind the last page. */
async function countOn(reader: Reader, open: Open): Promise<Open> {
  const page = await coupons.ofTemplate(reader, open.id, { limit: TOGETHER, cursor: open.coupons });
  return { ...open, counted: open.counted + page.items.length, coupons: page.nextCursor };
}

/** One step of the count. The cursor is a place as JSON. */
export async function countIssued(
  reader: Reader,
  cursor: string | null,
): Promise<{
  readonly right: number;
  readonly findings: readonly Finding[];
  readonly nextCursor: string | null;
}> {
  const before = cursor === null ? null : Place.parse(JSON.parse(cursor));
  const { templates, open } = before?.open ? before : await nextTemplate(reader, before?.templates ?? null);
  const place = (next: Open | null) =>
    templates === null && next === null ? null : JSON.stringify({ templates, open: next });
  if (open === null) return { right: 0, findings: [], nextCursor: place(null) };
  const after = await countOn(reader, open);
  const right = after.counted - open.counted;
  if (after.coupons !== null) return { right, findings: [], nextCursor: place(after) };
  const issuedAfter = await issuedOf(reader, await couponTemplates.get(reader, open.id));
  return { right, findings: issuedFindings({ ...after, issuedAfter }), nextCursor: place(null) };
}
