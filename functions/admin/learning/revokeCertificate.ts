import * as z from 'zod';
import * as certificates from '../../../shared/data/learning/certificates.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { revoke, staffCertificateView } from '../../../shared/domain/learning/certificate.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import {
  StaffCertificateView,
  TypedCertificateNumber,
} from '../../../shared/schemas/learning/certificate.ts';

/** Revokes a certificate for good. Anybody who verifies its number sees that. Safe to repeat. */
export const revokeCertificate = http(
  {
    route: 'POST /api/admin/certificates/{number}/revoke',
    auth: { may: 'certificate.revoke' },
    input: z.strictObject({ number: TypedCertificateNumber, reason: Reason }),
    output: z.object({ certificate: StaffCertificateView }),
    errors: ['certificate.not_found'],
  },
  async ({ input: { number, reason }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const certificate = await ports.database.tx(async (tx) => {
      const before = await certificates.findByNumber(tx, number);
      if (before === null) throw fail('certificate.not_found');
      const after = revoke(before, { by: user.id, reason, now });
      if (after === before) return before;
      await certificates.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: auditId, actorId: user.id, action: 'certificate.revoke', target: before.id, reason },
        ...{ before, after, now, requestId },
      });
      return after;
    });
    return { certificate: staffCertificateView(certificate) };
  },
);
