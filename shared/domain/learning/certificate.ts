/**
 * Certificates of finished courses.
 *
 *   issued ── revoke ──▶ revoked          by staff: for good
 *      ▲                    │             by a refund of the course: until it is bought again
 *      └────── reissue ─────┘
 */
import { fail } from '../../errors.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Certificate, CertificateView, VerifiedView } from '../../schemas/learning/certificate.ts';
import type { CourseProgress } from '../../schemas/learning/progress.ts';
import { crockfordOf } from '../crockford.ts';

const SECRET_CHARACTERS = 10;

/** The number derived from a digest (hex, at least 50 bits): `ZK` and ten characters. */
export function numberOf(digest: string): string {
  return `ZK${crockfordOf(digest, SECRET_CHARACTERS)}`;
}

/**
 * The certificate of a finished course. When there is one already it is returned as it is, whatever name is asked for
 * now. One that a refund revoked is issued again, under its number, to somebody who has the course again.
 * @throws course.not_finished with how many lessons are missing; certificate.revoked
 */
export function issue(
  before: Certificate | null,
  asked: {
    readonly course: CourseProgress;
    readonly name: string;
    readonly title: string;
    readonly number: string;
    /** Whether they have the course, by more than a trial. */
    readonly isOwned: boolean;
    /** How many lessons are not finished. */
    readonly missing: number;
    readonly now: TimeMs;
  },
): Certificate {
  const { course, name, title, number, isOwned, missing, now } = asked;
  const { id, userId, productId, finishedAtMs, finishedOf: lessons, undoneAtMs } = course;
  if (finishedAtMs === null) throw fail('course.not_finished', { params: { missing } });
  if (before?.state === 'issued') return before;
  const isFinal = before !== null && before.revoked?.by !== 'refund';
  if (isFinal || (undoneAtMs !== null && !isOwned)) throw fail('certificate.revoked');
  const issued = { state: 'issued', issuedAtMs: now, revoked: null, updatedAtMs: now } as const;
  if (before !== null) return { ...before, ...issued };
  return { id, userId, productId, number, name, title, lessons, finishedAtMs, ...issued };
}

/** The certificate, revoked. The same object is returned when it is revoked already. */
export function revoke(
  before: Certificate,
  {
    by,
    reason,
    now,
  }: { readonly by: UserId | 'refund'; readonly reason: string | null; readonly now: TimeMs },
): Certificate {
  if (before.state === 'revoked') return before;
  return { ...before, state: 'revoked', revoked: { by, reason, atMs: now }, updatedAtMs: now };
}

/** The first and the last character of a name: 欧*娜. Of two characters only the first: 张*. */
export function nameMasked(name: string): string {
  const [first = '', ...rest] = [...new Intl.Segmenter('zh').segment(name)].map(({ segment }) => segment);
  return rest.length < 2 ? `${first}*` : `${first}*${rest.at(-1)}`;
}

/** A certificate as its owner sees it. */
export function certificateView(certificate: Certificate): CertificateView {
  const { number, productId, name, title, lessons, finishedAtMs, state, issuedAtMs } = certificate;
  return { number, productId, name, title, lessons, finishedAtMs, state, issuedAtMs };
}

/** A certificate as anybody sees it who knows its number. */
export function verifiedView(certificate: Certificate): VerifiedView {
  const { number, title, lessons, finishedAtMs, state, name } = certificate;
  return { number, title, lessons, finishedAtMs, state, nameMasked: nameMasked(name) };
}
