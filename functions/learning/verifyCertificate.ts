import * as z from 'zod';
import * as certificates from '../../shared/data/learning/certificates.ts';
import { verifiedView } from '../../shared/domain/learning/certificate.ts';
import { fail } from '../../shared/errors.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { TypedCertificateNumber, VerifiedView } from '../../shared/schemas/learning/certificate.ts';

/**
 * Shows anybody who knows its number whether a certificate is real: whose it is, as far as two characters tell and once
 * the name has passed its check, of what
 * course, and whether it was revoked.
 */
export const verifyCertificate = http(
  {
    route: 'GET /api/certificates/{number}',
    auth: 'public',
    input: z.strictObject({ number: TypedCertificateNumber }),
    output: VerifiedView,
    errors: ['certificate.not_found'],
    limit: { max: 30, windowMs: MINUTE_MS },
  },
  async ({ input: { number }, ports }) => {
    const certificate = await certificates.findByNumber(ports.database, number);
    if (certificate === null) throw fail('certificate.not_found');
    return verifiedView(certificate);
  },
);
