/**
 * The pages for people: a start page, the figures, the API reference, made from the generated document with a viewer
 * from npm, and the project's own pages.
 */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compress, takes } from '../shared/runtime/encoding.ts';
import type { HttpRequest, HttpResponse } from '../shared/runtime/exchange.ts';
import { FIGURES_PAGE, FIGURES_SCRIPT, FIGURES_STYLE } from './figuresPage.ts';
import { createFrontEnds } from './frontEnds.ts';
import { SHARED_HEADERS, strictPolicy } from './pageHeaders.ts';
import { STAFF_SCRIPT } from './staffSection.ts';
import { START_STYLE, type StartPageOptions, startPage } from './startPage.ts';

/** The project's folder. The bundles stand two levels below it, and the source one. */
const ROOT = join(__dirname, existsSync(join(__dirname, 'pages.ts')) ? '..' : '../..');
const VIEWER = join(ROOT, 'node_modules', 'swagger-ui-dist');

const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** The only files that are served, by path. No path from a request ever reaches the file system. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/docs/openapi.json': [join(ROOT, 'docs', 'openapi.json'), 'application/json; charset=utf-8'],
  '/docs/viewer.js': [join(VIEWER, 'swagger-ui-bundle.js'), SCRIPT],
  '/docs/viewer.css': [join(VIEWER, 'swagger-ui.css'), 'text/css; charset=utf-8'],
};

/** The one palette, of both front ends and of these pages. */
const TOKENS = join(ROOT, 'console', 'tokens.css');

/** The styles of every page, over the one palette. */
const STYLE = `
body { font: 16px/1.7 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; max-width: 46rem; margin: 3rem auto;
  padding: 0 1rem; color: var(--ink); background: var(--back) }
h1 { font-size: 1.8rem; line-height: 1.3; margin: 0 0 .5rem }
h2 { font-size: 1.2rem; margin: 2.5rem 0 0; padding-top: 1.5rem; border-top: 1px solid var(--line) }
p { margin: .25rem 0 } ul { padding-left: 1.2rem }
[lang=en] { color: var(--soft); font-size: .9em }
a { color: var(--main); text-underline-offset: 3px }
:focus-visible { outline: 3px solid var(--main); outline-offset: 3px; border-radius: 4px }
code, pre { font: .85em/1.6 ui-monospace, Menlo, Consolas, monospace; background: var(--inset); border-radius: 4px }
code { padding: .1em .35em; overflow-wrap: anywhere }
pre { padding: .7em .9em; margin: .4rem 0 1.4rem; overflow-x: auto; border: 1px solid var(--line); white-space: pre-wrap;
  overflow-wrap: anywhere }
`;

/** The addresses on this machine that the start page shows, and what the pages read. */
export interface PagesOptions extends StartPageOptions {
  /** The cover that is drawn at a path; null for any other path. */
  readonly covers: (path: string) => Promise<HttpResponse | null>;
  /** The figures now, as plain data. */
  readonly figures: () => unknown;
  /** The page for who collects figures. */
  readonly metrics: (request: HttpRequest) => Promise<HttpResponse | null>;
}

const REFERENCE_PATHS = ['/docs', '/docs/'];

const REFERENCE = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>知课 API</title>
<link rel="stylesheet" href="/docs/viewer.css">
<div id="reference"></div>
<script src="/docs/viewer.js"></script>
<script src="/docs/start.js"></script>
`;

/** The viewer's script. It loads nothing from other hosts, and sends nothing out to a validator. */
const START = `document.documentElement.classList.toggle('dark-mode', matchMedia('(prefers-color-scheme: dark)').matches);
SwaggerUIBundle({ url: '/docs/openapi.json', dom_id: '#reference', validatorUrl: null, deepLinking: true, docExpansion: 'none' });
`;

/** The project's pages, which the runbook links to. They are rendered when they are asked for. */
const DOCS = join(ROOT, 'docs');

const DOC_STYLE = `
body { max-width: 52rem }
h3 { margin: 2rem 0 .25rem } h3:target { outline: 2px solid var(--main); outline-offset: 6px; border-radius: 2px }
a[id] { scroll-margin-top: 1rem }
p, li { margin: .5rem 0 } table { border-collapse: collapse; display: block; overflow-x: auto; font-size: .95em }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line) }
`;

async function rendered(file: string): Promise<string> {
  const { marked } = await import('marked');
  const text = await readFile(join(DOCS, file), 'utf8');
  const title = /^# (.*)$/m.exec(text)?.[1] ?? file;
  const lang = file.includes('zh-CN') ? 'zh-CN' : 'en';
  return `<!doctype html>
<html lang="${lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${title} · 知课</title>
<link rel="stylesheet" href="/pages.css"><link rel="stylesheet" href="/document.css">
<main>${await marked.parse(text)}</main>
`;
}

/** The pages by path. No path from a request ever reaches the file system. */
function documentPages(): Readonly<Record<string, readonly [text: () => Promise<string>, type: string]>> {
  const names = readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  const pages = names.map((name) => [`/docs/${name}`, [() => rendered(name), HTML]] as const);
  return Object.fromEntries(pages);
}

const HEADERS = { ...SHARED_HEADERS, 'cache-control': 'no-cache' };

/** The policy of the API reference: its viewer writes styles into its page. */
const VIEWER_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** A page in memory, plain and compressed. */
interface Kept {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
}

/**
 * The page at a path, or null when there is none. Each page is read and compressed once, at its first request; later
 * requests share the same bytes.
 */
export function createPages(options: PagesOptions): (request: HttpRequest) => Promise<HttpResponse | null> {
  const made: Readonly<Record<string, readonly [text: () => Promise<string>, type: string]>> = {
    '/': [async () => startPage(options), HTML],
    '/start.css': [async () => START_STYLE, CSS],
    '/start.js': [async () => STAFF_SCRIPT, SCRIPT],
    '/pages.css': [async () => (await readFile(TOKENS, 'utf8')) + STYLE, CSS],
    '/document.css': [async () => DOC_STYLE, CSS],
    ...Object.fromEntries(REFERENCE_PATHS.map((path) => [path, [async () => REFERENCE, HTML] as const])),
    '/figures': [async () => FIGURES_PAGE, HTML],
    '/figures.css': [async () => FIGURES_STYLE, CSS],
    '/figures.js': [async () => FIGURES_SCRIPT, SCRIPT],
    ...documentPages(),
    '/docs/start.js': [async () => START, SCRIPT],
    ...Object.fromEntries(
      Object.entries(FILES).map(([path, [file, type]]) => [path, [() => readFile(file, 'utf8'), type]]),
    ),
  };
  const kept = new Map<string, Promise<Kept>>();
  const frontEnds = createFrontEnds(options.url);

  async function make(path: string): Promise<Kept> {
    const [textOf, type] = made[path] ?? [];
    if (textOf === undefined || type === undefined) throw new Error(`no page at ${path}`);
    const text = await textOf();
    return { type, plain: Buffer.from(text), gzip: await compress(text, 'gzip') };
  }

  return async (request) => {
    const { method, path, headers } = request;
    if (path === '/metrics') return options.metrics(request);
    if (path === '/figures.json' && method === 'GET') {
      const now = {
        ...HEADERS,
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
      };
      return { status: 200, headers: now, body: JSON.stringify(options.figures()) };
    }
    if (method !== 'GET' && method !== 'HEAD') return null;
    if (!Object.hasOwn(made, path)) return (await options.covers(path)) ?? frontEnds(request);
    const making = kept.get(path) ?? make(path);
    kept.set(path, making);
    // A failed read is not kept, so the next request tries again.
    making.catch(() => kept.delete(path));
    const { type, plain, gzip } = await making;
    const isPlain = !takes(headers['accept-encoding'], 'gzip');
    const encoding = isPlain ? {} : { 'content-encoding': 'gzip' };
    return {
      status: 200,
      headers: {
        ...{ ...HEADERS, ...encoding, 'content-type': type },
        'content-security-policy': REFERENCE_PATHS.includes(path) ? VIEWER_POLICY : strictPolicy(options.url),
      },
      body: isPlain ? plain : gzip,
    };
  };
}
