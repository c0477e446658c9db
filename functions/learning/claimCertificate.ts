import * as z from 'zod';
import { certificateView } from '../../shared/domain/learning/certificate.ts';
import { fail } from '../../shared/errors.ts';
import { findCourse } from '../../shared/flows/catalogue/catalogue.ts';
import { issueCertificate } from '../../shared/flows/learning/issueCertificate.ts';
import { http } from '../../shared/function.ts';
import { ProductId } from '../../shared/schemas/base.ts';
import { CertificateView, NameAsked } from '../../shared/schemas/learning/certificate.ts';

/**
 * Gives the caller the certificate of a course that they have finished. There is one of a user and a course, and the
 * name that was asked for first stays on it, unless it did not pass its check. Others see it once it has.
 *
 * It looks again at what was learned. So a lesson that was hidden since, or whose quiz is gone, leaves nobody stuck.
 */
export const claimCertificate = http(
  {
    route: 'POST /api/courses/{id}/certificate',
    auth: 'member',
    input: z.strictObject({ id: ProductId, name: NameAsked }),
    output: z.object({ certificate: CertificateView }),
    errors: ['course.not_found', 'course.not_finished', 'certificate.revoked'],
  },
  async ({ input: { id, name }, user, now, ports, requestId }) => {
    const shown = await findCourse(ports, id);
    if (shown === null || shown.product.state === 'draft') throw fail('course.not_found');
    const asked = { userId: user.id, product: shown.product, name, now, requestId };
    return { certificate: certificateView(await issueCertificate(ports, asked), now) };
  },
);
