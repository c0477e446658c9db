/** Who among the staff may do what: the one table that every contract's `auth` refers to. */
import { StaffAction } from '../schemas/permission.ts';
import type { Role } from '../schemas/user.ts';

/**
 * The table. An editor prepares what is sold, finance lets a coupon out (it costs money), support makes good with
 * points, and an admin may do everything.
 */
const allowed = {
  learner: [],
  editor: ['course.create', 'course.publish', 'coupon.create'],
  support: ['points.adjust'],
  finance: ['coupon.create', 'coupon.publish', 'points.adjust'],
  admin: StaffAction.options,
} as const satisfies Record<Role, readonly StaffAction[]>;

/** Whether somebody of this role may do this. A learner may do nothing of it. */
export function mayDo(role: Role, action: StaffAction): boolean {
  const actions: readonly StaffAction[] = allowed[role];
  return actions.includes(action);
}
