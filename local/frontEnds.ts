/** The built front ends on a laptop: the staff's console at `/console`, and the learner's phone at `/app`. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { compress, takes } from '../shared/runtime/encoding.ts';
import type { HttpRequest, HttpResponse } from '../shared/runtime/exchange.ts';
import { SHARED_HEADERS, strictPolicy } from './pageHeaders.ts';

/** The folder of the built programs: this one, or when the sources run, the one that they are built into. */
const BUILT = existsSync(join(__dirname, 'frontEnds.ts')) ? join(__dirname, '../dist/local') : __dirname;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
};

/** A built file with its content's hash in its name, as esbuild writes it. */
const HASHED = /-[A-Z0-9]{8}\.\w+$/;

/** A folder of built files, and the path that they are served below. */
interface Mount {
  readonly path: string;
  readonly folder: string;
  /** What it is called where it is not built yet. */
  readonly title: string;
}

const MOUNTS: readonly Mount[] = [
  { path: '/console', folder: 'console', title: '管理后台' },
  { path: '/app', folder: 'app', title: '小程序' },
];

interface Kept {
  readonly plain: Buffer;
  /** Null for a picture, which is compressed already. */
  readonly gzip: Buffer | null;
}

async function keep(file: string): Promise<Kept> {
  const plain = await readFile(file);
  const isText = /text|json|svg/.test(TYPES[extname(file)] ?? '');
  return { plain, gzip: isText ? await compress(plain.toString('utf8'), 'gzip') : null };
}

function namesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && TYPES[extname(entry.name)] !== undefined)
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

const notBuilt = (title: string): HttpResponse => ({
  status: 503,
  headers: { ...SHARED_HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: `${title}还没有构建：npm start 会先构建它。\n`,
});

/**
 * The file of a front end at a path, or null for any other path. Files are found by their names in lists that are read
 * now; no path from a request ever reaches the file system. An unknown path below `/console` is an address within the
 * console, so it answers the page. `url` is the server's own address.
 */
export function createFrontEnds(
  url: string,
  built = BUILT,
): (request: HttpRequest) => Promise<HttpResponse | null> {
  const files = new Map<string, string>();
  for (const { path, folder } of MOUNTS) {
    for (const name of namesIn(join(built, folder))) files.set(`${path}/${name}`, join(built, folder, name));
  }
  const kept = new Map<string, Promise<Kept>>();

  function read(file: string): Promise<Kept> {
    const reading = kept.get(file) ?? keep(file);
    kept.set(file, reading);
    // A failed read is not kept, so the next request tries again.
    reading.catch(() => kept.delete(file));
    return reading;
  }

  async function answer(file: string, accepted: string | undefined): Promise<HttpResponse> {
    const { plain, gzip } = await read(file);
    const body = takes(accepted, 'gzip') ? (gzip ?? plain) : plain;
    const headers = {
      ...SHARED_HEADERS,
      'content-type': TYPES[extname(file)] ?? '',
      'cache-control': HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': strictPolicy(url),
      ...(body === gzip ? { 'content-encoding': 'gzip' } : {}),
    };
    return { status: 200, headers, body };
  }

  return async ({ method, path, headers }) => {
    if (method !== 'GET' && method !== 'HEAD') return null;
    const mount = MOUNTS.find((one) => path === one.path || path.startsWith(`${one.path}/`));
    if (mount === undefined) return null;
    const isPage = path === mount.path || path === `${mount.path}/` || mount.path === '/console';
    const file = files.get(path) ?? (isPage ? files.get(`${mount.path}/index.html`) : undefined);
    if (file !== undefined) return answer(file, headers['accept-encoding']);
    return isPage ? notBuilt(mount.title) : null;
  };
}
