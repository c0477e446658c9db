import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import { staffOutline, workedOn } from '../../../shared/domain/catalogue/outline.ts';
import { fail } from '../../../shared/errors.ts';
import { forgetCourse } from '../../../shared/flows/catalogue/catalogue.ts';
import { lookAtOutline } from '../../../shared/flows/catalogue/lookAtProduct.ts';
import { saveOutline } from '../../../shared/flows/catalogue/saveOutline.ts';
import { makingValue } from '../../../shared/flows/identity/makingValue.ts';
import { http } from '../../../shared/function.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { StaffOutline } from '../../../shared/schemas/catalogue/product.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Replaces the outline that learners see with the draft, as a whole, in whatever state the course is.
 *
 * It does not put the course on sale: `publishCourse` does. Owners keep their access and their progress, also of
 * lessons that this hides. Bundles and columns count the course's lessons again. Orders keep the count with which they
 * were placed.
 */
export const publishCourseOutline = http(
  {
    route: 'POST /api/admin/courses/{id}/outline/publish',
    auth: { may: 'course.publish', secondFactor: 'fresh' },
    input: z.strictObject({ id: ProductId, expectedVersion: z.int().min(1), reason: AnyReason }),
    output: z.object({ outline: StaffOutline }),
    errors: [
      ...(['course.not_found', 'course.version_changed', 'course.not_publishable'] as const),
      ...(['storage.unavailable', 'staff.second_person_needed'] as const),
    ],
    cost: 'signature',
  },
  async (call) => {
    const { user, now, ports, requestId } = call;
    const { id, expectedVersion, reason } = call.input;
    const seen = await courses.find(ports.database, id);
    if (seen === null) throw fail('course.not_found');
    const untimed = await lookAtOutline(ports, workedOn(seen), null);
    const record = { actorId: user.id, reason, now, requestId };
    const act = { action: 'course.publish', key: `${id} ${expectedVersion}` } as const;
    const saved = await makingValue(call, act, (tx, spend) =>
      saveOutline(tx, seen, { expectedVersion, untimed, spend, record }),
    );
    await Promise.all(
      [id, ...saved.bundles.map((bundle) => bundle.id)].map((each) => forgetCourse(ports, each)),
    );
    return { outline: staffOutline(saved.course) };
  },
);
