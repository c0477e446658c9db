import * as z from 'zod';
import * as contents from '../../../shared/data/catalogue/contents.ts';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { publishCourse } from '../../../shared/domain/catalogue/course.ts';
import {
  neededBy,
  publishProduct as publish,
  refuseUnlessSeen,
  staffProductView,
} from '../../../shared/domain/catalogue/productDraft.ts';
import { cutOfParts, cutOfPlan } from '../../../shared/domain/pricing/priceCut.ts';
import { forgetCourse } from '../../../shared/flows/catalogue/catalogue.ts';
import { lookAtProduct } from '../../../shared/flows/catalogue/lookAtProduct.ts';
import { makingValue } from '../../../shared/flows/identity/makingValue.ts';
import { wantGoods } from '../../../shared/flows/operations/wantGoods.ts';
import { http } from '../../../shared/function.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { StaffProductView } from '../../../shared/schemas/catalogue/product.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Puts a product of any kind on sale, also a withdrawn one: at once on this instance, within minutes on the others.
 * Publishing what is on sale changes nothing. A product that is not at `expectedVersion` is refused.
 */
export const publishProduct = http(
  {
    route: 'POST /api/admin/products/{id}/publish',
    auth: { may: 'product.publish', secondFactor: 'fresh' },
    input: z.strictObject({ id: ProductId, expectedVersion: z.int().min(1), reason: AnyReason }),
    output: z.object({ product: StaffProductView }),
    errors: [
      ...(['product.not_found', 'product.version_changed', 'product.not_publishable'] as const),
      ...(['course.not_publishable', 'storage.unavailable', 'staff.second_person_needed'] as const),
    ],
    cost: 'signature',
  },
  async (call) => {
    const { user, now, ports, requestId, input } = call;
    const { id, expectedVersion, reason } = input;
    const untimed = await lookAtProduct(ports, id);
    const act = { action: 'product.publish', key: `${id} ${expectedVersion}` } as const;
    const stored = await makingValue(call, act, async (tx, spend) => {
      const product = await products.get(tx, id);
      if (product.state !== 'published') refuseUnlessSeen(product, expectedVersion);
      const before = { product, content: await contents.find(tx, id) };
      const course = product.kind === 'course' ? await courses.find(tx, id) : null;
      const needed = await products.peekMany(tx, neededBy(product));
      const after = course ? publishCourse(product, { course, untimed }, now) : publish(before, needed, now);
      if (after === product) return before;
      const plans = product.plan === null ? [] : await products.plans(ports.database);
      await spend('priceCut', Math.max(cutOfParts(after, needed), cutOfPlan(after, plans)));
      await products.save(tx, product, after);
      if (ports.rails.xpay !== null) await wantGoods(tx, after, now);
      await audit.append(tx, {
        ...{ id: `product.publish:${id}:${after.version}`, actorId: user.id, action: 'product.publish' },
        ...{ target: id, reason, before: product, after, now, requestId },
      });
      return { ...before, product: after };
    });
    await forgetCourse(ports, id);
    return { product: staffProductView(stored) };
  },
);
