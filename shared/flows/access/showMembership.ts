import * as memberships from '../../data/access/memberships.ts';
import * as products from '../../data/catalogue/products.ts';
import { membershipView } from '../../domain/access/membership.ts';
import type { Ports } from '../../ports/ports.ts';
import type { MembershipView } from '../../schemas/access/membership.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';

/** The largest number of products named by title in one view. Further ones are shown by id only. */
const TITLES_MAX = 100;

/** A user's membership with all periods as computed now, and the titles of the products it covers. */
export async function showMembership(
  ports: Pick<Ports, 'database'>,
  userId: UserId,
  now: TimeMs,
): Promise<MembershipView> {
  const membership = await memberships.find(ports.database, userId);
  const scopes = (membership?.grants ?? []).map(({ scope }) => scope);
  const ids = new Set(scopes.flatMap((scope) => (scope.kind === 'product' ? [scope.productId] : [])));
  const named = [...ids].slice(0, TITLES_MAX);
  const found = await products.findMany(ports.database, named);
  return membershipView(membership, new Map(found.map(({ id, title }) => [id, title])), now);
}
