/** Certificates of finished courses. The phone draws them from these data. */
import * as z from 'zod';
import { ProductId, storedText, TimeMs, text, typedCode, UserId } from '../base.ts';
import { COURSE_LESSONS_MAX } from '../catalogue/product.ts';
import { Reason } from '../identity/staff.ts';
import { OwnReview, Reviewed } from '../review/review.ts';

const NUMBER = /^ZK[0-9A-HJKMNP-TV-Z]{10}$/;

/** The number of a certificate: `ZK` and ten characters that cannot be guessed. */
export const CertificateNumber = z.string().regex(NUMBER);

/** The number of a certificate as somebody types it. */
export const TypedCertificateNumber = typedCode()
  .overwrite((typed) => typed.toUpperCase())
  .regex(NUMBER);

/** The name that a learner wants on a certificate. */
export const NameAsked = text(30);

/** The states of a certificate: `issued → revoked`, and back to `issued` when a refund had revoked it. */
export const CertificateState = z.enum(['issued', 'revoked']);

/**
 * A stored certificate, under `<userId>:<productId>`. There is one of a user and a course. Its owner wrote the name on
 * it, so that is reviewed: it is the `title` of what was written.
 */
export const Certificate = Reviewed.extend({
  id: z.string().max(70),
  productId: ProductId,
  number: CertificateNumber,
  /** The course's title when it was issued. */
  title: z.string().max(200),
  /** How many lessons the course had when it was finished. */
  lessons: z.int().min(1).max(COURSE_LESSONS_MAX),
  finishedAtMs: TimeMs,
  state: CertificateState,
  issuedAtMs: TimeMs,
  /** Who revoked it, and why: staff, or the refund of the course. Null while it is issued. */
  revoked: z
    .object({
      by: z.union([UserId, z.literal('refund')]),
      reason: storedText(Reason).nullable(),
      atMs: TimeMs,
    })
    .nullable(),
  updatedAtMs: TimeMs,
});
export type Certificate = z.infer<typeof Certificate>;

/** Which certificate has a number, under the number. */
export const StoredCertificateNumber = z.object({ id: CertificateNumber, certificateId: z.string().max(70) });
export type StoredCertificateNumber = z.infer<typeof StoredCertificateNumber>;

/** What everybody sees of a certificate. */
const Printed = Certificate.pick({
  ...{ number: true, title: true, lessons: true, finishedAtMs: true, state: true },
});

/** A certificate as its owner sees it. */
export const CertificateView = Printed.extend({
  productId: ProductId,
  /** The name that its owner wrote last. */
  name: z.string(),
  /** Where that name stands: others see none before it has passed. */
  review: OwnReview,
  issuedAtMs: TimeMs,
});
export type CertificateView = z.infer<typeof CertificateView>;

/** A certificate as anybody sees it who knows its number. */
export const VerifiedView = Printed.extend({
  /** The first and the last character of the name; `学员` while it has not passed its check. */
  nameMasked: z.string(),
});
export type VerifiedView = z.infer<typeof VerifiedView>;

/** A certificate as staff see it. */
export const StaffCertificateView = Printed.extend({
  ...Certificate.pick({ userId: true, productId: true, issuedAtMs: true, revoked: true, updatedAtMs: true })
    .shape,
  /** The name that its owner wrote last. */
  name: z.string(),
  /** Whether others see that name. */
  isNameShown: z.boolean(),
});
export type StaffCertificateView = z.infer<typeof StaffCertificateView>;
