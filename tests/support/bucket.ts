/** A simulated bucket for backups: `fetch` into it, and the credentials that open it. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { fakeCos } from './fakeCos.ts';

export const MEDIA_HOST = 'media-1250000000.cos.ap-guangzhou.myqcloud.com';

export function bucket() {
  const secretKey = randomBytes(20).toString('hex');
  const cos = fakeCos(secretKey, systemClock);
  /** `lose` says whether an answer is lost after the deed. */
  const fetchInto =
    (lose: () => boolean = () => false): typeof fetch =>
    async (url, init = {}) => {
      const headers = Object.fromEntries(new Headers(init.headers));
      const body = Buffer.from((init.body as Uint8Array | undefined) ?? []);
      const answer = cos.answer({ method: init.method ?? 'GET', url: String(url), headers, body });
      if (lose()) throw new TypeError('fetch failed');
      return new Response(Buffer.from(answer.body), { status: answer.status });
    };
  return { cos, secretKey, fetchInto, credentials: { secretId: 'id', secretKey, token: null } };
}
