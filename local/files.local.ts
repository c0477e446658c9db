/** Media on a laptop: signed links to this server, and a small made-up file behind each. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../shared/ports/clock.ts';
import type { Files } from '../shared/ports/files.ts';
import type { HttpRequest, HttpResponse } from '../shared/runtime/exchange.ts';

/** How links are signed and where they lead. */
export interface LocalFilesOptions {
  /** Signs the links; any bytes, at least 16. */
  readonly key: Uint8Array;
  /** Where this server is reached, `http://127.0.0.1:3000`. */
  readonly baseUrl: string;
  readonly clock: Clock;
}

/** The port, and the other end of its links. */
export interface LocalFiles extends Files {
  /** Whether the link is ours, for this file, and has not ended. */
  isValid(path: string, query: HttpRequest['query']): boolean;
  /** Serves `/media/<key>`; null for any other path. */
  serve(request: HttpRequest): HttpResponse | null;
}

const PREFIX = '/media/';

/** A key as it stands in a path: its slashes stay, everything else that has a meaning in a URL is escaped. */
function pathOf(key: string): string {
  return PREFIX + key.split('/').map(encodeURIComponent).join('/');
}

/** Media behind signed links to this server. */
export function localFiles({ key, baseUrl, clock }: LocalFilesOptions): LocalFiles {
  const sign = (path: string, expires: string) =>
    createHmac('sha256', key).update(`${path}\n${expires}`).digest('base64url');

  function isValid(path: string, { expires, signature }: HttpRequest['query']): boolean {
    if (typeof expires !== 'string' || typeof signature !== 'string') return false;
    if (!/^[0-9]{13}$/.test(expires) || Number(expires) <= clock.now()) return false;
    const right = Buffer.from(sign(path, expires));
    const sent = Buffer.from(signature);
    return sent.length === right.length && timingSafeEqual(sent, right);
  }

  return {
    isValid,
    signedUrl: async (fileKey, expiresAtMs) => {
      const path = pathOf(fileKey);
      const expires = String(expiresAtMs);
      return `${baseUrl}${path}?expires=${expires}&signature=${sign(path, expires)}`;
    },
    serve: ({ path, query }) => {
      if (!path.startsWith(PREFIX)) return null;
      const isOpen = isValid(path, query);
      return {
        status: isOpen ? 200 : 403,
        headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
        body: isOpen ? `知课 ${path}\n` : '链接无效或已过期\n',
      };
    },
  };
}
