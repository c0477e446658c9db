import * as memberships from '../../data/access/memberships.ts';
import * as products from '../../data/catalogue/products.ts';
import { membershipView } from '../../domain/access/membership.ts';
import type { Ports } from '../../ports/ports.ts';
import type { MembershipView } from '../../schemas/access/membership.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';

/** The most products that are named in one view; of further ones only the ids are shown. */
const TITLES_MAX = 100;

/** A user's membership with every period as it is computed now, and the titles of what it is of. */
export async function showMembership(
  ports: Pick<Ports, 'database'>,
  userId: UserId,
  now: TimeMs,
): Promise<MembershipView> {
  const membership = await memberships.find(ports.database, userId);
  const scopes = (membership?.grants ?? []).map(({ scope }) => scope);
  const ids = new Set(scopes.flatMap((scope) => (scope.kind === 'product' ? [scope.productId] : [])));
  const named = [...ids].slice(0, TITLES_MAX);
  const found = named.length === 0 ? [] : await products.findMany(ports.database, named);
  return membershipView(membership, new Map(found.map(({ id, title }) => [id, title])), now);
}
