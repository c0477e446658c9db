/** The permissions of staff. Every contract's `auth` refers to this one table. */
import { StaffAction } from '../../schemas/identity/permission.ts';
import type { Role } from '../../schemas/identity/user.ts';

/**
 * The permission table. An editor prepares what is sold. Finance lets money out (a coupon is money) and keeps the
 * books. Support helps people and compensates them with points. An admin may do everything.
 */
const allowed = {
  learner: [],
  editor: [
    'course.create',
    'upload.create',
    'course.update',
    'course.publish',
    'product.view',
    'product.create',
    'product.update',
    'product.publish',
    'product.withdraw',
    'category.manage',
    'group.manage',
    'code_batch.view',
    'coupon.view',
    'coupon.create',
    'coupon.end',
    'promotion.view',
    'promotion.create',
    'promotion.end',
    'proposal.view',
    'proposal.approve',
    'second_factor.own',
  ],
  support: [
    'product.view',
    'membership.view',
    'membership.grant',
    'access.grant',
    'code_batch.view',
    'coupon.view',
    'coupon.grant',
    'promotion.view',
    'points.adjust',
    'user.view',
    'user.ban',
    'learner.view',
    'order.view',
    'refund.view',
    'refund.create',
    'case.view',
    'case.close',
    'task.view',
    'proposal.view',
    'proposal.approve',
    'second_factor.own',
  ],
  finance: [
    'product.view',
    'membership.view',
    'code_batch.view',
    'code_batch.create',
    'code_batch.disable',
    'coupon.view',
    'coupon.create',
    'coupon.publish',
    'coupon.end',
    'coupon.extend',
    'coupon.grant',
    'promotion.view',
    'promotion.create',
    'promotion.publish',
    'promotion.end',
    'promotion.extend',
    'points.adjust',
    'audit.view',
    'user.view',
    'order.view',
    'refund.view',
    'refund.create',
    'refund.approve',
    'exception.resolve',
    'case.view',
    'case.close',
    'task.view',
    'export.create',
    'proposal.view',
    'proposal.approve',
    'second_factor.own',
    'reconciliation.view',
    'reconciliation.run',
  ],
  admin: StaffAction.options,
} as const satisfies Record<Role, readonly StaffAction[]>;

/** Whether a role may do an action. A learner may do none of them. */
export function mayDo(role: Role, action: StaffAction): boolean {
  const actions: readonly StaffAction[] = allowed[role];
  return actions.includes(action);
}
