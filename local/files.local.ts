/** Media on a laptop: files in a folder, uploaded and opened through signed links to this server. */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { COVERS, typeOfKey } from '../shared/domain/catalogue/upload.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Files } from '../shared/ports/files.ts';
import { MediaKey } from '../shared/schemas/catalogue/product.ts';
import type { CoverType, MediaType, StoredFile } from '../shared/schemas/catalogue/upload.ts';
import { byteRange } from './byteRange.ts';

/** The key for the links, the server's address, and the folder of the files. */
export interface LocalFilesOptions {
  /** The key that signs links: any bytes, at least 16. */
  readonly key: Uint8Array;
  /** The address of this server, such as `http://127.0.0.1:3000`. */
  readonly baseUrl: string;
  /** What the addresses that everybody may read begin with. They are stored, so they must not change with the port. */
  readonly publicBaseUrl: string;
  readonly clock: Clock;
  /** The folder of the files. It is created with the first file. */
  readonly folder: string;
  /**
   * The made-up file of a key, so that a catalogue can be tried without gigabytes of media; null for a key without one.
   */
  readonly madeUp: (key: string, contentType: CoverType | MediaType) => Uint8Array | null;
}

/** The files port, and the HTTP side of its links. */
export interface LocalFiles extends Files {
  /** Answers `/media/<key>`: downloads or stores the file. For any other path it does nothing and answers false. */
  serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<boolean>;
}

const PREFIX = '/media/';
/** How much of a file says what it is. */
const START_BYTES = 32;

/** A key as a URL path: slashes stay, every other special character is escaped. */
function pathOf(key: string): string {
  return PREFIX + key.split('/').map(encodeURIComponent).join('/');
}

/** The key that a path names, or null. A key never leads out of the folder. */
function keyOf(path: string): string | null {
  try {
    const key = MediaKey.safeParse(decodeURIComponent(path.slice(PREFIX.length)));
    return key.success ? key.data : null;
  } catch {
    return null;
  }
}

const isThere = (caught: unknown) => (caught as NodeJS.ErrnoException).code === 'EEXIST';
const isMissing = (caught: unknown) =>
  ['ENOENT', 'ENOTDIR'].includes((caught as NodeJS.ErrnoException).code ?? '');

function answer(outgoing: ServerResponse, status: number, text: string): void {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  outgoing
    .writeHead(status, { ...headers, ...(status >= 400 ? { connection: 'close' } : {}) })
    .end(`${text}\n`);
}

/** Makes the files port: media behind signed links to this server. */
export function localFiles(options: LocalFilesOptions): LocalFiles {
  const { key, baseUrl, publicBaseUrl, clock, folder } = options;
  const sign = (...parts: readonly string[]) =>
    createHmac('sha256', key).update(parts.join('\n')).digest('base64url');
  const fileOf = (fileKey: string) => join(folder, ...fileKey.split('/'));

  function isSigned(query: URLSearchParams, parts: readonly string[]): boolean {
    const expires = query.get('expires') ?? '';
    if (!/^[0-9]{13}$/.test(expires) || Number(expires) <= clock.now()) return false;
    const right = Buffer.from(sign(...parts, expires));
    const sent = Buffer.from(query.get('signature') ?? '');
    return sent.length === right.length && timingSafeEqual(sent, right);
  }

  function madeUp(fileKey: string): Uint8Array | null {
    const contentType = typeOfKey(fileKey);
    return contentType === null ? null : options.madeUp(fileKey, contentType);
  }

  async function find(fileKey: string): Promise<StoredFile | null> {
    const contentType = typeOfKey(fileKey);
    const made = madeUp(fileKey);
    if (made !== null && contentType !== null) {
      return { bytes: made.length, contentType, start: made.subarray(0, START_BYTES) };
    }
    if (!MediaKey.safeParse(fileKey).success) return null;
    try {
      const file = await open(fileOf(fileKey));
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
        const { size } = await file.stat();
        if (size === 0) return null;
        return { bytes: size, contentType: contentType ?? '', start: buffer.subarray(0, bytesRead) };
      } finally {
        await file.close();
      }
    } catch (caught) {
      if (isMissing(caught)) return null;
      throw caught;
    }
  }

  async function read(fileKey: string, bytesMax: number): Promise<Uint8Array | null> {
    const found = await find(fileKey);
    if (found === null || found.bytes > bytesMax) return null;
    return madeUp(fileKey) ?? readFile(fileOf(fileKey));
  }

  /** Sends the file, or the requested part of it. Players read a video from where its viewer continues. */
  async function send(incoming: IncomingMessage, outgoing: ServerResponse, fileKey: string): Promise<void> {
    const found = await find(fileKey);
    if (found === null) return answer(outgoing, 404, '文件不存在');
    const { bytes, contentType } = found;
    const made = madeUp(fileKey);
    const isHead = incoming.method === 'HEAD';
    // Our files have no versions, so an `If-Range` condition can never hold.
    const isWhole = isHead || incoming.headers['if-range'] !== undefined;
    const range = isWhole ? null : byteRange(incoming.headers.range, bytes);
    if (range === 'unsatisfiable') {
      outgoing.setHeader('content-range', `bytes */${bytes}`);
      return answer(outgoing, 416, '没有这一段');
    }
    const { first, last } = range ?? { first: 0, last: bytes - 1 };
    outgoing.writeHead(range === null ? 200 : 206, {
      ...{ 'content-type': contentType, 'content-length': last - first + 1, 'accept-ranges': 'bytes' },
      ...{ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
      ...(range === null ? {} : { 'content-range': `bytes ${first}-${last}/${bytes}` }),
    });
    if (isHead) outgoing.end();
    else if (made !== null) outgoing.end(made.subarray(first, last + 1));
    else await pipeline(createReadStream(fileOf(fileKey), { start: first, end: last }), outgoing);
  }

  /**
   * Stores an upload under a temporary name, and links it to its own name once it is complete. Answers 409 if there
   * already is a file of that name.
   */
  async function take(incoming: IncomingMessage, outgoing: ServerResponse, fileKey: string): Promise<void> {
    const place = fileOf(fileKey);
    const coming = `${place}.${randomUUID()}.coming`;
    await mkdir(dirname(place), { recursive: true });
    try {
      await pipeline(incoming, createWriteStream(coming, { flags: 'wx' }));
      await link(coming, place);
      answer(outgoing, 200, '已保存');
    } catch (caught) {
      if (!isThere(caught)) throw caught;
      answer(outgoing, 409, '文件已存在');
    } finally {
      await rm(coming, { force: true });
    }
  }

  return {
    find,
    remove: async (fileKey) => {
      if (!MediaKey.safeParse(fileKey).success) return;
      await rm(fileOf(fileKey)).catch((caught: unknown) => {
        if (!isMissing(caught)) throw caught;
      });
    },
    read,
    publicUrl: (fileKey) => publicBaseUrl + pathOf(fileKey),
    signedUrl: async (fileKey, expiresAtMs) => {
      const path = pathOf(fileKey);
      return `${baseUrl}${path}?expires=${expiresAtMs}&signature=${sign('GET', path, String(expiresAtMs))}`;
    },
    uploadLink: async ({ key: fileKey, contentType, bytes }, expiresAtMs) => {
      const path = pathOf(fileKey);
      const signature = sign('PUT', path, contentType, String(bytes), String(expiresAtMs));
      const headers = { 'content-type': contentType, 'content-length': String(bytes) };
      return { url: `${baseUrl}${path}?expires=${expiresAtMs}&signature=${signature}`, headers };
    },
    serve: async (incoming, outgoing) => {
      const [pathname = '', search = ''] = (incoming.url ?? '').split('?', 2);
      if (!pathname.startsWith(PREFIX)) return false;
      const searchParams = new URLSearchParams(search);
      const { method = '' } = incoming;
      const { 'content-type': type = '', 'content-length': length = '' } = incoming.headers;
      const fileKey = keyOf(pathname);
      const isPublic = fileKey?.startsWith(COVERS) === true;
      if (method === 'PUT') {
        const isOpen = fileKey !== null && isSigned(searchParams, ['PUT', pathname, type, length]);
        if (isOpen) await take(incoming, outgoing, fileKey);
        else answer(outgoing, 403, '链接无效或已过期');
      } else if (method === 'GET' || method === 'HEAD') {
        const isOpen = fileKey !== null && (isPublic || isSigned(searchParams, ['GET', pathname]));
        if (isOpen) await send(incoming, outgoing, fileKey);
        else answer(outgoing, 403, '链接无效或已过期');
      } else answer(outgoing, 405, '不支持的方法');
      return true;
    },
  };
}
