/** Builds the staff console: files with hashed names, screens in files of their own, and the page that loads them. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { ROOT } from './sources.ts';

/** Where the console stands below its origin. */
const BASE = '/console';

/** How the console is built. */
export interface ConsoleBuild {
  /** The URL of the API, without a slash at the end; empty where the API has the console's own origin. */
  readonly apiUrl: string;
  /** Where covers and media are, likewise. They are shown from there, and uploaded to it. */
  readonly mediaUrl: string;
  /** Whether the code stays readable. */
  readonly isDev: boolean;
}

/** One built file. */
export interface ConsoleFile {
  readonly name: string;
  /** Its size as it is sent, compressed by gzip. */
  readonly gzBytes: number;
  /** Whether it is loaded with the page, and not by a screen. */
  readonly isFirst: boolean;
}

/**
 * What the browser may load, and from where. The CDN sends the same as a header, with `frame-ancestors 'none'`, which
 * counts in a header only.
 */
export function policyOf({ apiUrl, mediaUrl }: Pick<ConsoleBuild, 'apiUrl' | 'mediaUrl'>): string {
  const from = (...sources: readonly string[]) => sources.filter((source) => source !== '').join(' ');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${from("'self'", 'data:', mediaUrl)}`,
    `media-src ${from("'self'", mediaUrl)}`,
    `connect-src ${from("'self'", apiUrl, mediaUrl)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

/** The headers that the CDN of the console sends, a line each. */
export function headersOf(options: Pick<ConsoleBuild, 'apiUrl' | 'mediaUrl'>): readonly string[] {
  return [
    `content-security-policy: ${policyOf(options)}; frame-ancestors 'none'`,
    'x-content-type-options: nosniff',
    'referrer-policy: no-referrer',
    'strict-transport-security: max-age=31536000',
    'cache-control: no-cache, for index.html and unknown paths',
    'cache-control: public, max-age=31536000, immutable, for the other files',
  ];
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function page(
  urls: Pick<ConsoleBuild, 'apiUrl' | 'mediaUrl'>,
  first: { readonly script: string; readonly style: string; readonly chunks: readonly string[] },
): string {
  const preloads = first.chunks.map((name) => `  <link rel="modulepreload" href="${BASE}/${name}">\n`);
  return `<!doctype html>
<html lang="zh-CN">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${escaped(policyOf(urls))}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="referrer" content="no-referrer">
  <meta name="robots" content="noindex">
  <meta name="api" content="${escaped(urls.apiUrl)}">
  <title>知课后台</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="${BASE}/${first.style}">
${preloads.join('')}  <script type="module" src="${BASE}/${first.script}"></script>
</head>
<body>
  <div id="root"></div>
  <noscript>请开启 JavaScript 后使用知课后台。</noscript>
</body>
</html>
`;
}

const MAIN = 'console/main.tsx';

/**
 * Lets what is loaded later import the page's own script, which is there by then. So all of that script is shared by
 * the same files and stands in one file, and not in a small one for each set of screens that use it: together they
 * would be 6 kB larger, compressed.
 */
const oneFirstFile: Plugin = {
  name: 'one-first-file',
  setup({ onResolve, onLoad }) {
    const late = new Set<string>();
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind === 'dynamic-import') late.add(resolve(resolveDir, path));
      return undefined;
    });
    onLoad({ filter: /\/console\/.*\.tsx?$/ }, async ({ path }) => {
      if (!late.has(path)) return undefined;
      const contents = `${await readFile(path, 'utf8')}\nimport ${JSON.stringify(join(ROOT, MAIN))};\n`;
      return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' };
    });
  },
};

/**
 * Builds the console into a folder, after deleting what was there. Answers its files.
 * @throws Error when the code cannot be built
 */
export async function buildConsole(
  outdir: string,
  { isDev, ...urls }: ConsoleBuild,
): Promise<readonly ConsoleFile[]> {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    plugins: [oneFirstFile],
    entryPoints: { main: MAIN, style: 'console/style.css' },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    charset: 'utf8',
    minify: !isDev,
    sourcemap: isDev ? 'linked' : false,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    metafile: true,
    logLevel: 'warning',
  });
  const outputs = Object.entries(metafile.outputs).filter(([path]) => !path.endsWith('.map'));
  const entry = (from: string) => outputs.find(([, { entryPoint }]) => entryPoint === from)?.[0] ?? '';
  const [script, style] = [entry(MAIN), entry('console/style.css')];
  const first = new Set([script, style]);
  for (const path of first) {
    for (const { path: next, kind } of metafile.outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') first.add(next);
    }
  }
  const chunks = [...first].filter((path) => path !== script && path !== style).map((path) => basename(path));
  const index = page(urls, { script: basename(script), style: basename(style), chunks });
  await writeFile(join(outdir, 'index.html'), index);
  const files = outputs.map(async ([path]) => {
    const gzBytes = gzipSync(await readFile(join(ROOT, path))).byteLength;
    return { name: basename(path), gzBytes, isFirst: first.has(path) };
  });
  const own = { name: 'index.html', gzBytes: gzipSync(index).byteLength, isFirst: true };
  return [own, ...(await Promise.all(files))];
}
