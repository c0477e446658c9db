/** Completing a bundle: the parts its buyer already has are left out of its price. */
import { type Fen, fen, type ProductId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { Applied, PricedLine, Rejected } from '../../schemas/orders/order.ts';
import type { RailFloor } from './selling.ts';

/** The parts of a bundle that its buyer has, and their share of its price: `weight` out of `weightOfAll`. */
export interface OwnedParts {
  readonly ids: readonly ProductId[];
  readonly weight: number;
  readonly weightOfAll: number;
}

/**
 * The share of a bundle that its buyer already has, weighted by list prices. When all parts are free, it is weighted by
 * their number. Null when the buyer has none.
 *
 * Example: the parts cost 300, 200 and 100 yuan, and the buyer has the first. The share is 30000 of 60000 fen.
 */
export function ownedPartsOf(
  parts: readonly Pick<Product, 'id' | 'listFen'>[],
  had: readonly ProductId[],
): OwnedParts | null {
  if (had.length === 0) return null;
  const isFree = parts.every(({ listFen }) => listFen === 0);
  const weightOf = (some: typeof parts) => some.reduce((sum, { listFen }) => sum + (isFree ? 1 : listFen), 0);
  const owned = parts.filter(({ id }) => had.includes(id));
  return { ids: owned.map(({ id }) => id), weight: weightOf(owned), weightOfAll: weightOf(parts) };
}

/** The part of a price that the owned parts stand for, rounded half up, at most the whole price. */
export function ownedShareOf(price: number, owned: OwnedParts | null): number {
  if (owned === null) return 0;
  const [weight, all] = [BigInt(owned.weight), BigInt(owned.weightOfAll)];
  return Number((2n * BigInt(price) * weight + all) / (2n * all));
}

/** The least that a rail accepts for one line at this price, in fen. */
export function leastOfLine(priceFen: number, { shareMin, payableMinFen }: RailFloor): number {
  return Math.max(payableMinFen, Math.ceil((priceFen * shareMin) / 10_000));
}

/**
 * The line without the parts that its buyer has. When the rail's minimum does not allow the full reduction, the line
 * is reduced as far as it does, and the rest is rejected with that minimum.
 */
export function withoutOwned(
  line: PricedLine,
  owned: OwnedParts | null,
  floor: RailFloor,
): {
  readonly line: PricedLine;
  readonly applied: readonly Applied[];
  readonly rejected: readonly Rejected[];
} {
  const shareFen = ownedShareOf(line.paidFen, owned);
  if (owned === null) return { line, applied: [], rejected: [] };
  const floorFen = leastOfLine(line.paidFen, floor);
  const offFen: Fen = fen(Math.max(0, Math.min(shareFen, line.paidFen - floorFen)));
  const { productId: id, shares, paidFen } = line;
  return {
    line: {
      ...line,
      ownedParts: [...owned.ids],
      shares: { ...shares, ownedFen: offFen },
      paidFen: fen(paidFen - offFen),
    },
    applied: offFen > 0 ? [{ kind: 'owned', id, title: '已拥有部分抵扣', offFen }] : [],
    rejected: offFen < shareFen ? [{ code: 'owned.below_rail_floor', id, params: { floorFen } }] : [],
  };
}
