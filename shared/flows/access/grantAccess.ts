/**
 * Giving access, taking it back, and giving it again. Entitlements and memberships change only through these
 * functions.
 */
import * as entitlements from '../../data/access/entitlements.ts';
import * as gifts from '../../data/access/gifts.ts';
import * as memberships from '../../data/access/memberships.ts';
import { grant, withSource } from '../../domain/access/entitlement.ts';
import { withState } from '../../domain/access/gift.ts';
import { addBundle, addGrant, lengthOf, noMembership, withGrant } from '../../domain/access/membership.ts';
import type { Tx } from '../../ports/database.ts';
import type { EntitlementSource, GrantCause, SourceId } from '../../schemas/access/entitlement.ts';
import { OrderId, type ProductId, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { AccessRule, MembershipPlan } from '../../schemas/catalogue/product.ts';
import type { ProductKind } from '../../schemas/catalogue/productKind.ts';
import type { PricedLine } from '../../schemas/orders/order.ts';
import { noteOwner } from '../identity/noteOwner.ts';

/** What is given, to whom, and why. */
export interface Given {
  readonly userId: UserId;
  readonly productId: ProductId;
  readonly kind: ProductKind;
  readonly access: AccessRule;
  readonly plan: MembershipPlan | null;
  readonly sourceId: SourceId;
  readonly cause: GrantCause;
  readonly fromAtMs: TimeMs;
  /** `revoked` when the refund came before the grant. */
  readonly state: EntitlementSource['state'];
  /**
   * The version of the product that was promised; for a bundle it decides what is open. Undefined when it was not
   * recorded.
   */
  readonly version?: number | undefined;
  /** For a bundle: the parts that were left out of the price because the user had them. None when left out. */
  readonly without?: readonly ProductId[] | undefined;
  readonly now: TimeMs;
}

/** Gives a user what a product gives. Each source gives each product once, however often this is called. */
export async function grantAccess(tx: Tx, given: Given): Promise<void> {
  const { userId, productId, plan, now } = given;
  await noteOwner(tx, userId, now);
  if (plan !== null) {
    const { sourceId, cause, fromAtMs: atMs, state } = given;
    const length = lengthOf(plan);
    const before = await memberships.find(tx, userId);
    const one = { sourceId, cause, productId, scope: plan.scope, length, atMs, state };
    await memberships.save(tx, before, addGrant(before ?? noMembership(userId, now), one, now));
    return;
  }
  const { version, without, ...rest } = given;
  const isBundle = given.kind === 'bundle' || given.kind === 'column';
  const before = await entitlements.find(tx, userId, productId);
  await entitlements.save(tx, before, grant(before, isBundle ? { ...rest, version, without } : rest));
  if (!isBundle) return;
  const known = await memberships.find(tx, userId);
  await memberships.save(tx, known, addBundle(known ?? noMembership(userId, now), productId, now));
}

/** Order lines whose access is taken back or given again. */
export interface Lines {
  /** The buyer. */
  readonly userId: UserId;
  readonly lines: readonly Pick<PricedLine, 'productId' | 'plan' | 'gifts'>[];
  /** The order's id. */
  readonly sourceId: SourceId;
  readonly now: TimeMs;
}

async function setState(tx: Tx, asked: Lines, state: EntitlementSource['state']): Promise<void> {
  const { userId, lines, sourceId, now } = asked;
  for (const { productId, plan, gifts: count } of lines) {
    if (count > 0) {
      const gift = await gifts.find(tx, OrderId.parse(sourceId), productId);
      if (gift !== null)
        await gifts.save(tx, gift, withState(gift, state === 'active' ? 'open' : state, now));
    } else if (plan !== null) {
      const before = await memberships.find(tx, userId);
      if (before !== null) {
        await memberships.save(tx, before, withGrant(before, { sourceId, productId }, state, now));
      }
    } else {
      const before = await entitlements.find(tx, userId, productId);
      if (before !== null) await entitlements.save(tx, before, withSource(before, sourceId, state, now));
    }
  }
}

/**
 * Takes back what these order lines gave: access, membership, and the unclaimed places of gifts. Safe to repeat.
 * Access that was not given yet is later given as revoked, because the granting consumer reads the order's
 * `revoked`. So `revoked` must change in the same transaction.
 */
export function revokeSource(tx: Tx, asked: Lines): Promise<void> {
  return setState(tx, asked, 'revoked');
}

/**
 * Gives again what `revokeSource` took back. Safe to repeat. The order's `revoked` must change in the same
 * transaction.
 */
export function restoreSource(tx: Tx, asked: Lines): Promise<void> {
  return setState(tx, asked, 'active');
}
