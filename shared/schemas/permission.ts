/** What staff can be allowed to do, by the name that contracts and the permission table share. */
import * as z from 'zod';

/** `noun.verb`. */
export const StaffAction = z.enum([
  'course.create',
  'course.publish',
  'coupon.create',
  'coupon.publish',
  'points.adjust',
]);
export type StaffAction = z.infer<typeof StaffAction>;
