/** What staff can be allowed to do, by the name that contracts and the permission table share. */
import * as z from 'zod';

/** `noun.verb`. */
export const StaffAction = z.enum([
  'course.create',
  'course.publish',
  'coupon.create',
  'coupon.publish',
  'points.adjust',
  'audit.view',
  'staff.view',
  'staff.manage',
  'second_factor.own',
  'user.view',
  'user.ban',
  'order.view',
  'refund.view',
  'refund.create',
  'refund.approve',
  'exception.resolve',
  'case.view',
  'case.close',
  'task.view',
  'task.manage',
  'export.create',
  'reconciliation.view',
  'reconciliation.run',
  'export.personal',
]);
export type StaffAction = z.infer<typeof StaffAction>;
