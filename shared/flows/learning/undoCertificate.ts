import * as products from '../../data/catalogue/products.ts';
import * as certificates from '../../data/learning/certificates.ts';
import * as courseProgresses from '../../data/learning/courseProgresses.ts';
import { isOwned } from '../../domain/access/access.ts';
import { revoke } from '../../domain/learning/certificate.ts';
import type { Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import { accessToOne } from '../access/accessTo.ts';

/**
 * Revokes the certificate of a course that a refund took back, and marks the progress so that no certificate is given
 * for it, until the user has the course again. Nothing happens while they still have it; a trial does not count. Safe
 * to repeat.
 */
export async function undoCertificate(
  tx: Tx,
  of: { readonly userId: UserId; readonly productId: ProductId; readonly now: TimeMs },
): Promise<void> {
  const { userId, productId, now } = of;
  const [product] = await products.peekMany(tx, [productId]);
  const course = await courseProgresses.find(tx, userId, productId);
  if (product === undefined || course === null || course.undoneAtMs !== null) return;
  if (isOwned(await accessToOne(tx, userId, product, now))) return;
  await courseProgresses.save(tx, course, { ...course, undoneAtMs: now });
  const certificate = await certificates.find(tx, userId, productId);
  if (certificate === null) return;
  await certificates.save(tx, certificate, revoke(certificate, { by: 'refund', reason: null, now }));
}
