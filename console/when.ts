/**
 * When something can be done, as the domain's tables have it. A test holds each of these against the domain, so that
 * nothing is offered that would be refused.
 */
import type {
  Case,
  CodeBatchView,
  EntitlementSource,
  ProposalView,
  StaffProductView,
  StaffRefundView,
  StaffUserView,
  StaffView,
  TaskView,
  TrackedException,
  WriterView,
} from '../client/types.ts';
import { mayDo } from './engine/may.ts';
import type { Me } from './engine/view.ts';

type Refund = Pick<StaffRefundView, 'id' | 'state' | 'userId' | 'approvals' | 'lines'>;

/** A refund that waits for staff, and is neither one's own nor agreed to by oneself already. */
export function mayApprove({ state, userId, approvals }: Refund, me: Me): boolean {
  return state === 'requested' && userId !== me.id && !approvals.some(({ by }) => by === me.id);
}

export function mayReject({ state }: Pick<Refund, 'state'>): boolean {
  return state === 'requested';
}

/** An approved refund that the rail refused or never heard of. Whether somebody asks the rail now, the server knows. */
export function mayClose({ state }: Pick<Refund, 'state'>): boolean {
  return state === 'approved' || state === 'abnormal';
}

/** A refund on hold. Whether it is held, the server knows. */
export function mayResume({ state }: Pick<Refund, 'state'>): boolean {
  return state === 'approved';
}

/** A closed refund of a whole transaction that paid for nothing. */
export function mayRetry({ id, state, lines }: Pick<Refund, 'id' | 'state' | 'lines'>): boolean {
  return state === 'closed' && lines.length === 0 && /^r[ls]_/.test(id);
}

/** A task that was given up, or keeps failing. */
export function mayBury({ state, attempts }: Pick<TaskView, 'state' | 'attempts'>): boolean {
  return state === 'dead' || (state === 'pending' && attempts > 0);
}

export function mayReplay({ state }: Pick<TaskView, 'state'>): boolean {
  return state === 'dead' || state === 'buried';
}

/** Somebody else who is silent for what was removed. */
export function isSuspended({ userId, suspension }: WriterView, me: Me): boolean {
  return suspension !== null && userId !== me.id;
}

export function isOpen({ state }: Pick<Case, 'state'> | Pick<TrackedException, 'state'>): boolean {
  return state === 'open';
}

/** What has a draft, is published, and ends: coupons, campaigns, flash sales. */
interface Promoted {
  readonly state: 'draft' | 'published' | 'ended';
}

/** Whether it can still be published or thrown away. */
export const isDraft = ({ state }: Promoted): boolean => state === 'draft';
export const isPublished = ({ state }: Promoted): boolean => state === 'published';
export const mayEnd = ({ state }: Promoted): boolean => state !== 'ended';

type Product = Pick<StaffProductView, 'state'>;

export const maySell = ({ state }: Product): boolean => state !== 'published';
export const mayWithdraw = ({ state }: Product): boolean => state === 'published';

/** Never on sale, and in nothing else. */
export function mayRemove({ state, partOf }: Pick<StaffProductView, 'state' | 'partOf'>): boolean {
  return state === 'draft' && partOf.length === 0;
}

export const mayDisable = ({ state }: Pick<CodeBatchView, 'state'>): boolean => state !== 'disabled';

/** Somebody else who is not banned. Staff are banned only by those who manage staff. */
export function mayBan({ id, role, state }: Pick<StaffUserView, 'id' | 'role' | 'state'>, me: Me): boolean {
  const isTheirs = role === 'learner' || mayDo(me.role, 'staff.manage');
  return state === 'active' && id !== me.id && isTheirs;
}

export function mayUnban({ id, role, state }: Pick<StaffUserView, 'id' | 'role' | 'state'>, me: Me): boolean {
  const isTheirs = role === 'learner' || mayDo(me.role, 'staff.manage');
  return state === 'banned' && id !== me.id && isTheirs;
}

export const isSomebodyElse = ({ id }: Pick<StaffView, 'id'>, me: Me): boolean => id !== me.id;

/** Somebody else's request, by somebody who may do the same. */
export function mayAgree(
  { state, userId, action }: Pick<ProposalView, 'state' | 'userId' | 'action'>,
  me: Me,
): boolean {
  return state === 'waiting' && userId !== me.id && mayDo(me.role, action);
}

/** What a gift, a code or staff gave is taken back by staff. A bought one goes back by a refund. */
export function mayTakeBack({ state, cause }: Pick<EntitlementSource, 'state' | 'cause'>): boolean {
  return state === 'active' && (cause === 'gift' || cause === 'code' || cause === 'staff');
}
