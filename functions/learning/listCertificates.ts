import * as z from 'zod';
import * as certificates from '../../shared/data/learning/certificates.ts';
import { certificateView } from '../../shared/domain/learning/certificate.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize, pageOf } from '../../shared/schemas/base.ts';
import { CertificateView } from '../../shared/schemas/learning/certificate.ts';

/** Lists the caller's certificates, the last finished course first. Revoked ones are marked. */
export const listCertificates = http(
  {
    route: 'GET /api/me/certificates',
    auth: 'member',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: pageOf(CertificateView),
    errors: [],
  },
  async ({ input: { limit = 20, cursor = null }, user, now, ports }) => {
    const page = await certificates.ofUser(ports.database, user.id, { limit, cursor });
    return { items: page.items.map((each) => certificateView(each, now)), nextCursor: page.nextCursor };
  },
);
