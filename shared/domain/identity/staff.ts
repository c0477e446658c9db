/** What staff may do to people, and what they see of them. */
import { fail } from '../../errors.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { StaffAction } from '../../schemas/identity/permission.ts';
import type { SecondFactor } from '../../schemas/identity/secondFactor.ts';
import type { StaffUserView, StaffView } from '../../schemas/identity/staff.ts';
import type { Role, User } from '../../schemas/identity/user.ts';
import type { Case } from '../../schemas/operations/case.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { StaffOrderRow, StaffPaymentView } from '../../schemas/orders/staffOrder.ts';
import type { Payment, TrackedException } from '../../schemas/payments/payment.ts';
import { mayDo } from './permission.ts';
import { endSessions } from './session.ts';

/**
 * Nobody does it to themselves. So whoever takes the rights of an administrator away is one, and stays one: the last
 * of them cannot be lost. The actor is looked at as they are in the same transaction, or two could do it to each other.
 */
function checkHand(actor: User, target: User, action: StaffAction): void {
  if (actor.id === target.id) throw fail('staff.not_yourself');
  if (actor.state === 'active' && mayDo(actor.role, action)) return;
  throw fail('auth.forbidden', { params: { action } });
}

/** How many points one adjustment may give or take without the right to large ones. */
export const ADJUSTMENT_MAX = 100_000;

/**
 * Checks that somebody of the staff may adjust this user's points by so many: never their own, and more than
 * `ADJUSTMENT_MAX` only with a right of its own. @throws staff.not_yourself, auth.forbidden
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

/** The target in another role, or as it was when it has it already. @throws staff.not_yourself, auth.forbidden */
export function giveRole(actor: User, target: User, role: Role, now: TimeMs): User {
  checkHand(actor, target, 'staff.manage');
  return target.role === role ? target : { ...target, role, updatedAtMs: now };
}

/** Checks that the actor may take the target's second factor away. @throws staff.not_yourself, auth.forbidden */
export function checkReset(actor: User, target: User): void {
  checkHand(actor, target, 'staff.manage');
}

/**
 * Checks that the caller may read data of many people at once as they are: with a right of its own, and a second
 * factor shown of late, as for all that cannot be taken back. @throws auth.forbidden, auth.second_factor_required
 */
export function checkPersonal(caller: { readonly role: Role; readonly hasFreshFactor: boolean }): void {
  const action = 'export.personal';
  if (!mayDo(caller.role, action)) throw fail('auth.forbidden', { params: { action } });
  if (!caller.hasFreshFactor) throw fail('auth.second_factor_required', { params: { need: 'fresh' } });
}

/** Who bans or lets in: as they are in the same transaction, and whether their session has shown a second factor of late. */
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
 * The target banned, and all their sessions ended; as it was when it is banned already. Staff are banned only by who
 * manages staff, with a fresh second factor. @throws staff.not_yourself, auth.forbidden, auth.second_factor_required
 */
export function ban(hand: BanningHand, target: User, now: TimeMs): User {
  checkBan(hand, target);
  return target.state === 'banned' ? target : { ...endSessions(target, now), state: 'banned' };
}

/**
 * The target, let in again: sessions that the ban ended stay ended. Staff as `ban` has it.
 * @throws staff.not_yourself, auth.forbidden, auth.second_factor_required
 */
export function unban(hand: BanningHand, target: User, now: TimeMs): User {
  checkBan(hand, target);
  return target.state === 'active' ? target : { ...target, state: 'active', updatedAtMs: now };
}

/** The first and the last letters of an openid or a number that names somebody; what is short is hidden whole. */
export function masked(text: string): string {
  return text.length < 12 ? '****' : `${text.slice(0, 3)}****${text.slice(-4)}`;
}

/** A member of staff, as others of the staff see them. */
export function staffView(user: User, factor: SecondFactor | null): StaffView {
  const { id, nickname, role, state, createdAtMs } = user;
  return { id, nickname, role, state, hasSecondFactor: factor?.state === 'on', createdAtMs };
}

/** A user, as staff who help them see them. */
export function staffUserView(user: User, factor: SecondFactor | null): StaffUserView {
  const { avatarUrl, consents, openid, updatedAtMs } = user;
  const openidMasked = openid === null ? null : masked(openid);
  return { ...staffView(user, factor), avatarUrl, openidMasked, consents, updatedAtMs };
}

/** One order in a list. */
export function staffOrderRow({ lines, ...order }: Order): StaffOrderRow {
  return { ...order, titles: lines.map(({ title }) => title) };
}

/** A payment, as staff see it. */
export function staffPaymentView({ openid, ...payment }: Payment): StaffPaymentView {
  return { ...payment, openidMasked: openid === null ? null : masked(openid) };
}

/** What was found wrong with money, seen to; what was resolved before stays as it is. */
export function resolve(
  exception: TrackedException,
  resolution: NonNullable<TrackedException['resolution']>,
): TrackedException {
  return exception.state === 'resolved' ? exception : { ...exception, state: 'resolved', resolution };
}

/** The case, closed; one that is closed stays as it is. */
export function closeCase(
  open: Case,
  { by, resolution, atMs }: { readonly by: UserId; readonly resolution: string; readonly atMs: TimeMs },
): Case {
  if (open.state === 'closed') return open;
  return { ...open, state: 'closed', closedBy: by, closedAtMs: atMs, resolution };
}
