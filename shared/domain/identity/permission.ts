/** Who among the staff may do what: the one table that every contract's `auth` refers to. */
import { StaffAction } from '../../schemas/identity/permission.ts';
import type { Role } from '../../schemas/identity/user.ts';

/**
 * The table. An editor prepares what is sold, finance lets money out (a coupon is money) and looks after the books,
 * support helps people and makes good with points, and an admin may do everything.
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
    'code_batch.view',
    'coupon.view',
    'coupon.create',
    'coupon.end',
    'promotion.view',
    'promotion.create',
    'promotion.end',
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
    'order.view',
    'refund.view',
    'refund.create',
    'case.view',
    'case.close',
    'task.view',
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
    'second_factor.own',
    'reconciliation.view',
    'reconciliation.run',
  ],
  admin: StaffAction.options,
} as const satisfies Record<Role, readonly StaffAction[]>;

/** Whether somebody of this role may do this. A learner may do nothing of it. */
export function mayDo(role: Role, action: StaffAction): boolean {
  const actions: readonly StaffAction[] = allowed[role];
  return actions.includes(action);
}
