import * as courses from '../../data/catalogue/courses.ts';
import * as products from '../../data/catalogue/products.ts';
import * as audit from '../../data/operations/audit.ts';
import {
  outlineAudited,
  type PublishedOutline,
  publishOutline,
  refuseUnlessOutlineSeen,
} from '../../domain/catalogue/outline.ts';
import { cutOfTrials } from '../../domain/pricing/priceCut.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { LessonId } from '../../schemas/base.ts';
import type { Course } from '../../schemas/catalogue/product.ts';
import type { Spend } from '../identity/makingValue.ts';

/** What was seen of the draft before publishing, who publishes it, and what counts the value. */
export interface OutlineLookedAt {
  readonly expectedVersion: number;
  /** The lessons of unknown length that were found in the draft of `seen`. */
  readonly untimed: readonly LessonId[];
  readonly spend: Spend;
  readonly record: Pick<audit.AuditRecord, 'actorId' | 'reason' | 'now' | 'requestId'>;
}

/**
 * Publishes a course's draft, and updates the lesson counts of the bundles that contain it, in one transaction.
 * `seen` is the course as it was when its lessons were checked; later changes are not published. Paid lessons
 * that become trials are counted as a price cut, once the course has been on sale.
 * @throws staff.second_person_needed, course.not_found, course.version_changed, course.not_publishable
 */
export async function saveOutline(
  tx: Tx,
  seen: Course,
  { expectedVersion, untimed, spend, record }: OutlineLookedAt,
): Promise<PublishedOutline> {
  const product = await products.find(tx, seen.id);
  const course = await courses.find(tx, seen.id);
  if (product === null || course === null) throw fail('course.not_found');
  const found = await Promise.all(product.partOf.map((id) => products.find(tx, id)));
  const bundles = found.filter((bundle) => bundle !== null);
  const after = publishOutline({ product, course }, { expectedVersion, untimed, bundles, now: record.now });
  if (after.course === course) return after;
  refuseUnlessOutlineSeen(course, seen.version);
  const isSold = product.publishedAtMs !== null;
  await spend('priceCut', isSold ? cutOfTrials(course.chapters, after.course.chapters) : 0);
  await courses.save(tx, course, after.course);
  await products.saveEach(tx, [product, ...bundles], [after.product, ...after.bundles]);
  await audit.append(tx, {
    ...{ ...record, id: `course.outline_publish:${course.id}:${after.course.version}`, target: course.id },
    action: 'course.outline_publish',
    before: { ...outlineAudited({ ...course, draft: null }), version: product.version },
    after: { ...outlineAudited(after.course), version: after.product.version },
  });
  return after;
}
