import * as secondFactors from '../../data/identity/secondFactors.ts';
import * as users from '../../data/identity/users.ts';
import * as audit from '../../data/operations/audit.ts';
import { type BanningHand, staffUserView } from '../../domain/identity/staff.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Caller } from '../../schemas/identity/caller.ts';
import type { StaffUserView } from '../../schemas/identity/staff.ts';
import type { User } from '../../schemas/identity/user.ts';

/** A call of staff about a user. */
interface BanAsked {
  readonly input: { readonly userId: UserId; readonly reason: string };
  readonly user: Pick<Caller, 'id' | 'hasFreshFactor'>;
  readonly now: TimeMs;
  readonly ports: Pick<Ports, 'database' | 'ids'>;
  readonly requestId: string;
}

/**
 * Bans a user or lifts their ban, by `turn`, and writes it into the audit log under `action`. Nothing is written where
 * it is so already.
 * @throws user.not_found, staff.not_yourself, auth.forbidden, auth.second_factor_required
 */
export async function turnBan(
  { input: { userId, reason }, user: { id: actorId, hasFreshFactor }, now, ports, requestId }: BanAsked,
  action: 'user.ban' | 'user.unban',
  turn: (hand: BanningHand, target: User, now: TimeMs) => User,
): Promise<{ readonly user: StaffUserView }> {
  const auditId = ports.ids.make('aud');
  const user = await ports.database.tx(async (tx) => {
    const before = await users.get(tx, userId);
    const after = turn({ actor: await users.get(tx, actorId), hasFreshFactor }, before, now);
    const factor = await secondFactors.find(tx, userId);
    if (after === before) return staffUserView(before, factor);
    await users.save(tx, before, after);
    const what = { action, target: userId, reason, now, requestId };
    const change = { before: { state: before.state }, after: { state: after.state } };
    await audit.append(tx, { id: auditId, actorId, ...what, ...change });
    return staffUserView(after, factor);
  });
  return { user };
}
