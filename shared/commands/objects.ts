/** Whole objects in the file storage, for backups. */
import type { Files } from '../ports/files.ts';
import { MINUTE_MS, type TimeMs, timeMs } from '../schemas/base.ts';

/** Objects by key. */
export interface Objects {
  /** Stores an object under a new key. Safe to repeat with the same bytes. @throws a plain Error */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** The object, or null when there is none. @throws a plain Error */
  get(key: string): Promise<Uint8Array | null>;
}

/** How objects are reached: by links that the storage signs. */
export interface ObjectsOptions {
  readonly files: Pick<Files, 'signedUrl' | 'uploadLink' | 'find'>;
  readonly fetch: typeof fetch;
  readonly now: () => TimeMs;
}

const LINK_MS = 15 * MINUTE_MS;
const TIMEOUT_MS = 2 * MINUTE_MS;
const TRIES_MAX = 4;
const TYPE = 'application/octet-stream';

/** Objects in the bucket behind `files`. A call that gets no answer is made again, a few times. */
export function bucketObjects({ files, fetch, now }: ObjectsOptions): Objects {
  async function answered(call: (signal: AbortSignal) => Promise<Response>): Promise<Response> {
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await call(AbortSignal.timeout(TIMEOUT_MS));
        if (answer.status < 500 || tries === TRIES_MAX) return answer;
      } catch (cause) {
        if (tries === TRIES_MAX) throw new Error('the file storage does not answer', { cause });
      }
    }
  }
  const endsAtMs = () => timeMs(now() + LINK_MS);
  return {
    put: async (key, bytes) => {
      const upload = { key, contentType: TYPE, bytes: bytes.length, isPublic: false };
      const { status } = await answered(async (signal) => {
        const { url, headers } = await files.uploadLink(upload, endsAtMs());
        return fetch(url, { method: 'PUT', headers, body: bytes, signal });
      });
      if (status >= 200 && status < 300) return;
      // A link never replaces a file. The one that is there is ours when an answer was lost.
      if (status === 409 && (await files.find(key))?.bytes === bytes.length) return;
      throw new Error(`the file storage answered ${status} to ${key}`);
    },
    get: async (key) => {
      const answer = await answered(async (signal) =>
        fetch(await files.signedUrl(key, endsAtMs()), { signal }),
      );
      if (answer.status === 404) return null;
      if (!answer.ok) throw new Error(`the file storage answered ${answer.status} to ${key}`);
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}
