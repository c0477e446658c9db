/** Members for tests, as a paid plan would make them. */
import * as memberships from '../../../shared/data/access/memberships.ts';
import {
  addGrant,
  membershipUntilAtMs,
  noMembership,
  scopeKey,
} from '../../../shared/domain/access/membership.ts';
import type { MembershipScope } from '../../../shared/schemas/access/membership.ts';
import type { TimeMs, UserId } from '../../../shared/schemas/base.ts';
import type { World } from '../world.ts';

/** Gives a user a month of membership from now on. Answers when it ends. */
export async function givenMember(
  world: World,
  userId: UserId,
  scope: MembershipScope = { kind: 'platform' },
): Promise<TimeMs> {
  const now = world.clock.now();
  const sourceId = world.ports.ids.make('ord');
  const length = { kind: 'months', months: 1 } as const;
  return world.ports.database.tx(async (tx) => {
    const before = await memberships.find(tx, userId);
    const given = {
      sourceId,
      cause: 'order',
      productId: null,
      scope,
      length,
      atMs: now,
      state: 'active',
    } as const;
    const after = addGrant(before ?? noMembership(userId, now), given, now);
    await memberships.save(tx, before, after);
    return membershipUntilAtMs(after, scopeKey(scope));
  });
}
