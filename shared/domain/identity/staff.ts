/** What staff may do to people, and what they see of them. */
import { fail } from '../../errors.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { StaffAction } from '../../schemas/identity/permission.ts';
import type { SecondFactor } from '../../schemas/identity/secondFactor.ts';
import type { StaffUserRow, StaffUserView, StaffView } from '../../schemas/identity/staff.ts';
import type { Role, User } from '../../schemas/identity/user.ts';
import type { Case } from '../../schemas/operations/case.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { StaffOrderRow, StaffPaymentView } from '../../schemas/orders/staffOrder.ts';
import type { Payment, TrackedException } from '../../schemas/payments/payment.ts';
import { mayDo } from './permission.ts';
import { endSessions } from './session.ts';

/**
 * Refuses actions on oneself, and actors without the permission. Because nobody can remove their own rights, the
 * last administrator cannot be lost. The actor must be read in the same transaction; otherwise two administrators
 * could remove each other at the same time.
 */
function checkHand(actor: User, target: User, action: StaffAction): void {
  if (actor.id === target.id) throw fail('staff.not_yourself');
  if (actor.state === 'active' && mayDo(actor.role, action)) return;
  throw fail('auth.forbidden', { params: { action } });
}

/** The most points that one adjustment may give or take without the permission for large ones. */
export const ADJUSTMENT_MAX = 100_000;

/**
 * Refuses an adjustment of one's own points, and one above `ADJUSTMENT_MAX` without the permission for it.
 * @throws staff.not_yourself, auth.forbidden
 */
export function checkAdjustment(
  actor: { readonly id: UserId; readonly role: Role },
  { userId, delta }: { readonly userId: UserId; readonly delta: number },
): void {
  if (actor.id === userId) throw fail('staff.not_yourself');
  const action = 'points.adjust_large';
  if (Math.abs(delta) <= ADJUSTMENT_MAX || mayDo(actor.role, action)) return;
  throw fail('auth.forbidden', { params: { action, adjustmentMax: ADJUSTMENT_MAX } });
}

/**
 * The target with another role. The same object is returned when they have it already.
 * @throws staff.not_yourself, auth.forbidden
 */
export function giveRole(actor: User, target: User, role: Role, now: TimeMs): User {
  checkHand(actor, target, 'staff.manage');
  return target.role === role ? target : { ...target, role, updatedAtMs: now };
}

/**
 * Refuses to let the actor reset the target's second factor without permission.
 * @throws staff.not_yourself, auth.forbidden
 */
export function checkReset(actor: User, target: User): void {
  checkHand(actor, target, 'staff.manage');
}

/**
 * Refuses to show unmasked data of many people, unless the caller has the permission and a freshly shown second
 * factor.
 * @throws auth.forbidden, auth.second_factor_required
 */
export function checkPersonal(caller: { readonly role: Role; readonly hasFreshFactor: boolean }): void {
  const action = 'export.personal';
  if (!mayDo(caller.role, action)) throw fail('auth.forbidden', { params: { action } });
  if (!caller.hasFreshFactor) throw fail('auth.second_factor_required', { params: { need: 'fresh' } });
}

/** The person who bans or unbans. `actor` is read in the same transaction. */
export interface BanningHand {
  readonly actor: User;
  readonly hasFreshFactor: boolean;
}

function checkBan({ actor, hasFreshFactor }: BanningHand, target: User): void {
  const isStaff = target.role !== 'learner';
  checkHand(actor, target, isStaff ? 'staff.manage' : 'user.ban');
  if (isStaff && !hasFreshFactor) throw fail('auth.second_factor_required', { params: { need: 'fresh' } });
}

/**
 * The target, banned, with all sessions ended. The same object is returned when they are banned already. Banning
 * staff takes the permission to manage staff and a fresh second factor.
 * @throws staff.not_yourself, auth.forbidden, auth.second_factor_required
 */
export function ban(hand: BanningHand, target: User, now: TimeMs): User {
  checkBan(hand, target);
  return target.state === 'banned' ? target : { ...endSessions(target, now), state: 'banned' };
}

/**
 * The target, no longer banned. Sessions that the ban ended stay ended. The rules for staff are those of `ban`.
 * @throws staff.not_yourself, auth.forbidden, auth.second_factor_required
 */
export function unban(hand: BanningHand, target: User, now: TimeMs): User {
  checkBan(hand, target);
  return target.state === 'active' ? target : { ...target, state: 'active', updatedAtMs: now };
}

/** An openid or number with only its first 3 and last 4 characters; a text of fewer than 12 is hidden completely. */
export function masked(text: string): string {
  return text.length < 12 ? '****' : `${text.slice(0, 3)}****${text.slice(-4)}`;
}

/** A member of staff as other staff see them. */
export function staffView(user: User, factor: SecondFactor | null): StaffView {
  const { id, nickname, role, state, createdAtMs } = user;
  return { id, nickname, role, state, hasSecondFactor: factor?.state === 'on', createdAtMs };
}

/** A user as staff see them. */
export function staffUserView(user: User, factor: SecondFactor | null): StaffUserView {
  const { consents, openid, updatedAtMs } = user;
  const openidMasked = openid === null ? null : masked(openid);
  return { ...staffView(user, factor), openidMasked, consents, updatedAtMs };
}

/** A user in a list. */
export function staffUserRow({ id, nickname, role, state, createdAtMs }: User): StaffUserRow {
  return { id, nickname, role, state, createdAtMs };
}

/** One order in a list. */
export function staffOrderRow({ lines, ...order }: Order): StaffOrderRow {
  return { ...order, titles: lines.map(({ title }) => title) };
}

/** A payment as staff see it. */
export function staffPaymentView({ openid, ...payment }: Payment): StaffPaymentView {
  return { ...payment, openidMasked: openid === null ? null : masked(openid) };
}

/** The exception, resolved. One that is resolved already is returned unchanged. */
export function resolve(
  exception: TrackedException,
  resolution: NonNullable<TrackedException['resolution']>,
): TrackedException {
  return exception.state === 'resolved' ? exception : { ...exception, state: 'resolved', resolution };
}

/** The case, closed. One that is closed already is returned unchanged. */
export function closeCase(
  open: Case,
  { by, resolution, atMs }: { readonly by: UserId; readonly resolution: string; readonly atMs: TimeMs },
): Case {
  if (open.state === 'closed') return open;
  return { ...open, state: 'closed', closedBy: by, closedAtMs: atMs, resolution };
}
