/**
 * Certificates of finished courses.
 *
 *   issued ── revoke ──▶ revoked          by staff: for good
 *      ▲                    │             by a refund of the course: until it is bought again
 *      └────── reissue ─────┘
 */
import { fail } from '../../errors.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type {
  Certificate,
  CertificateView,
  StaffCertificateView,
  VerifiedView,
} from '../../schemas/learning/certificate.ts';
import type { CourseProgress } from '../../schemas/learning/progress.ts';
import type { ReviewTarget } from '../../schemas/review/review.ts';
import { crockfordOf } from '../crockford.ts';
import { nameWritten, ownReview, submitAgain, submitNew } from '../review/review.ts';

const SECRET_CHARACTERS = 10;

/** The number derived from a digest (hex, at least 50 bits): `ZK` and ten characters. */
export function numberOf(digest: string): string {
  return `ZK${crockfordOf(digest, SECRET_CHARACTERS)}`;
}

/**
 * The certificate of a finished course. When there is one already it is returned as it is, whatever name is asked for
 * now; only where the name did not pass, another one is a new version of it. One that a refund revoked is issued again,
 * under its number, to somebody who has the course again.
 * @throws course.not_finished with how many lessons are missing; certificate.revoked
 */
export function issue(
  before: Certificate | null,
  asked: {
    readonly course: CourseProgress;
    readonly name: string;
    /** Why staff should look at the name before others see it. */
    readonly doubts: readonly string[];
    readonly title: string;
    readonly number: string;
    /** Whether they have the course, by more than a trial. */
    readonly isOwned: boolean;
    /** How many lessons are not finished. */
    readonly missing: number;
    readonly now: TimeMs;
  },
): Certificate {
  const { course, name, doubts, title, number, isOwned, missing, now } = asked;
  const { id, userId, productId, finishedAtMs, finishedOf: lessons, undoneAtMs } = course;
  if (finishedAtMs === null) throw fail('course.not_finished', { params: { missing } });
  if (before?.state === 'issued') return renamed(before, asked);
  const isFinal = before !== null && before.revoked?.by !== 'refund';
  if (isFinal || (undoneAtMs !== null && !isOwned)) throw fail('certificate.revoked');
  const issued = { state: 'issued', issuedAtMs: now, revoked: null, updatedAtMs: now } as const;
  if (before !== null) return { ...before, ...issued };
  const written = submitNew(userId, nameWritten(name), doubts, now);
  return { ...written, id, productId, number, title, lessons, finishedAtMs, ...issued };
}

/** The certificate with another name, where the one on it was refused or never checked; else the same object. */
function renamed(
  before: Certificate,
  { name, doubts, now }: { readonly name: string; readonly doubts: readonly string[]; readonly now: TimeMs },
): Certificate {
  const { newest, review } = before;
  const isRefused = review.state === 'rejected' || review.state === 'removed';
  const isOther = newest.title !== name || review.cause === 'unchecked';
  return isRefused && isOther
    ? { ...submitAgain(before, nameWritten(name), doubts, now), updatedAtMs: now }
    : before;
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

/** What others see instead of a name that has not passed its check. */
const NAMELESS = '学员';

const nameOf = ({ newest }: Certificate) => newest.title ?? '';

/** The review of a certificate's name. */
export function certificateTarget({ id }: Pick<Certificate, 'id'>): ReviewTarget {
  return `certificate:${id}`;
}

/** A certificate as its owner sees it. */
export function certificateView(certificate: Certificate, now: TimeMs): CertificateView {
  const { number, productId, title, lessons, finishedAtMs, state, issuedAtMs } = certificate;
  const review = ownReview(certificateTarget(certificate), certificate, now);
  const name = nameOf(certificate);
  return { number, productId, name, review, title, lessons, finishedAtMs, state, issuedAtMs };
}

/** A certificate as anybody sees it who knows its number. */
export function verifiedView(certificate: Certificate): VerifiedView {
  const { number, title, lessons, finishedAtMs, state, shown, isShown } = certificate;
  const name = isShown ? (shown?.title ?? null) : null;
  const masked = name === null ? NAMELESS : nameMasked(name);
  return { number, title, lessons, finishedAtMs, state, nameMasked: masked };
}

/** A certificate as staff see it, with the name that its owner wrote last. */
export function staffCertificateView(certificate: Certificate): StaffCertificateView {
  const { number, title, lessons, finishedAtMs, state } = certificate;
  const { userId, productId, issuedAtMs, revoked, updatedAtMs, shown, isShown } = certificate;
  const name = nameOf(certificate);
  return {
    ...{ number, title, lessons, finishedAtMs, state },
    ...{ userId, productId, issuedAtMs, revoked, updatedAtMs },
    ...{ name, isNameShown: isShown && shown?.title === name },
  };
}
