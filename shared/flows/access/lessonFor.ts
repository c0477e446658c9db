import { type Access, NO_ACCESS } from '../../domain/access/access.ts';
import { maySee } from '../../domain/catalogue/course.ts';
import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { LessonId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Lesson, Product } from '../../schemas/catalogue/product.ts';
import { findShownLesson } from '../catalogue/catalogue.ts';
import { accessToOne } from './accessTo.ts';
import { refusalOf } from './refusalOf.ts';

/** A lesson that somebody may open. */
export interface OpenLesson {
  readonly product: Product;
  readonly lesson: Lesson;
  readonly access: Access;
  /** Makes the error for a user who may not use it any more. */
  readonly refusal: () => Promise<Error>;
}

/**
 * The lesson, if this user may open it; `userId` is null when nobody is logged in. Trial lessons of a course on sale
 * are open to everybody. Owners can also open lessons of a withdrawn course, and lessons that were hidden since.
 * @throws lesson.not_found; lesson.not_owned with the product to buy and its price
 */
export async function lessonFor(
  ports: Ports,
  asked: { readonly userId: UserId | null; readonly lessonId: LessonId; readonly now: TimeMs },
): Promise<OpenLesson> {
  const { userId, lessonId, now } = asked;
  const shown = await findShownLesson(ports, lessonId);
  if (shown === null) throw fail('lesson.not_found');
  const { product, lesson, isHidden } = shown;
  const access = userId === null ? NO_ACCESS : await accessToOne(ports.database, userId, product, now);
  const isOwned = access.mayUse;
  if (!maySee(product, isOwned) || (isHidden && !isOwned)) throw fail('lesson.not_found');
  const refusal = () => refusalOf('lesson.not_owned', ports, { product, userId, now });
  if (!isOwned && !lesson.isTrial) throw await refusal();
  return { product, lesson, access, refusal };
}
