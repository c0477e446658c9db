import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import { staffOutline, workedOn } from '../../../shared/domain/catalogue/outline.ts';
import { fail } from '../../../shared/errors.ts';
import { forgetCourse } from '../../../shared/flows/catalogue/catalogue.ts';
import { lookAtOutline } from '../../../shared/flows/catalogue/lookAtProduct.ts';
import { saveOutline } from '../../../shared/flows/catalogue/saveOutline.ts';
import { http } from '../../../shared/function.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { StaffOutline } from '../../../shared/schemas/catalogue/product.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Puts the draft of a course's outline in the place of what learners see, as a whole, whatever state the course is in. It
 * puts nothing on sale: `publishCourse` does.
 *
 * Who has the course keeps their access and their progress, also of a lesson that is hidden by this. Bundles and columns
 * count the course's lessons anew; orders keep the count that they were placed with.
 */
export const publishCourseOutline = http(
  {
    route: 'POST /api/admin/courses/{id}/outline/publish',
    auth: { may: 'course.publish', secondFactor: 'fresh' },
    input: z.strictObject({ id: ProductId, expectedVersion: z.int().min(1), reason: Reason }),
    output: z.object({ outline: StaffOutline }),
    errors: ['course.not_found', 'course.version_changed', 'course.not_publishable', 'storage.unavailable'],
    cost: 'signature',
  },
  async ({ input: { id, expectedVersion, reason }, user, now, ports, requestId }) => {
    const seen = await courses.find(ports.database, id);
    if (seen === null) throw fail('course.not_found');
    const untimed = await lookAtOutline(ports, workedOn(seen), null);
    const record = { actorId: user.id, reason, now, requestId };
    const saved = await ports.database.tx((tx) =>
      saveOutline(tx, seen, { expectedVersion, untimed, record }),
    );
    await Promise.all(
      [id, ...saved.bundles.map((bundle) => bundle.id)].map((each) => forgetCourse(ports, each)),
    );
    return { outline: staffOutline(saved.course) };
  },
);
