import * as products from '../../data/catalogue/products.ts';
import { isPartCovered } from '../../domain/access/access.ts';
import type { Reader } from '../../ports/database.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import { accessTo } from './accessTo.ts';

/** A bundle or column that a user is about to get, with its access rule. */
export type Bundle = Pick<Product, 'id' | 'parts' | 'access'>;

/** The parts of a bundle in order, and which of them its buyer need not pay for. */
export interface BundleParts {
  readonly parts: readonly Product[];
  /** The parts that the buyer has elsewhere, for ever or at least as long as the bundle would open them. */
  readonly had: readonly ProductId[];
}

/** The result when nothing is a bundle. */
const NONE: ReadonlyMap<ProductId, BundleParts> = new Map();

/**
 * The parts of each of these bundles, and which of them a user already has. It reads nothing when there is no
 * bundle, and makes the same few reads for one bundle as for twenty. It reads outside a transaction, because so many
 * parts would exceed a transaction's limit.
 */
export async function partsHad(
  reader: Pick<Reader, 'find' | 'findMany'>,
  userId: UserId | null,
  bundles: readonly Bundle[],
  now: TimeMs,
): Promise<ReadonlyMap<ProductId, BundleParts>> {
  const ids = [...new Set(bundles.flatMap(({ parts }) => parts))];
  if (ids.length === 0) return NONE;
  const found = (await products.findMany(reader, ids)).filter(({ state }) => state !== 'withdrawn');
  const access = userId === null ? null : await accessTo(reader, userId, found, now);
  const byId = new Map(found.map((part) => [part.id, part]));
  return new Map(
    bundles.map((bundle) => {
      const parts = bundle.parts.flatMap((id) => byId.get(id) ?? []);
      const isHad = (part: Product) =>
        access !== null && isPartCovered(bundle.access, access(part, bundle.id), now);
      return [bundle.id, { parts, had: parts.filter(isHad).map(({ id }) => id) }];
    }),
  );
}

/** Whether a bundle gives its buyer nothing, because they have every part. */
export function isAllHad(parts: BundleParts | undefined): boolean {
  return parts !== undefined && parts.parts.length > 0 && parts.had.length === parts.parts.length;
}
