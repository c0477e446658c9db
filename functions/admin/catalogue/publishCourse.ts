import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { publishCourse as publish, staffCourseView } from '../../../shared/domain/catalogue/course.ts';
import { refuseUnlessSeen } from '../../../shared/domain/catalogue/productDraft.ts';
import { fail } from '../../../shared/errors.ts';
import { forgetCourse } from '../../../shared/flows/catalogue/catalogue.ts';
import { lookAtProduct } from '../../../shared/flows/catalogue/lookAtProduct.ts';
import { wantGoods } from '../../../shared/flows/operations/wantGoods.ts';
import { http } from '../../../shared/function.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { StaffCourseView } from '../../../shared/schemas/catalogue/product.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Puts a course on sale. The instance that handles the call shows it at once, the others within minutes.
 *
 * Publishing a course that is already on sale changes nothing. `expectedVersion` is the version that the caller saw. If
 * the course has changed since, the call is refused.
 */
export const publishCourse = http(
  {
    route: 'POST /api/admin/courses/{id}/publish',
    auth: { may: 'course.publish', secondFactor: 'fresh' },
    input: z.strictObject({ id: ProductId, expectedVersion: z.int().min(1), reason: AnyReason }),
    output: z.object({ course: StaffCourseView }),
    errors: ['course.not_found', 'product.version_changed', 'course.not_publishable', 'storage.unavailable'],
    cost: 'signature',
  },
  async ({ input, user, now, ports, requestId }) => {
    const untimed = await lookAtProduct(ports, input.id);
    const { product, course } = await ports.database.tx(async (tx) => {
      const before = await products.find(tx, input.id);
      const outline = await courses.find(tx, input.id);
      if (before === null || outline === null) throw fail('course.not_found');
      if (before.state !== 'published') refuseUnlessSeen(before, input.expectedVersion);
      const after = publish(before, { course: outline, untimed }, now);
      if (after !== before) {
        await products.save(tx, before, after);
        if (ports.rails.xpay !== null) await wantGoods(tx, after, now);
        await audit.append(tx, {
          id: `course.publish:${after.id}:${after.version}`,
          actorId: user.id,
          action: 'course.publish',
          target: after.id,
          reason: input.reason,
          before,
          after,
          now,
          requestId,
        });
      }
      return { product: after, course: outline };
    });
    await forgetCourse(ports, product.id);
    return { course: staffCourseView(product, course) };
  },
);
