/**
 * Builds the mini-program into the files that are uploaded: one JavaScript file for each of ours, because WeChat's own
 * `require` joins them, and then what a subpackage shares with itself stays inside it.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix, relative } from 'node:path';
import { parse } from '@babel/parser';
import { build, type Plugin } from 'esbuild';
import { nodesOf, ROOT, type SyntaxNode } from './sources.ts';

/** What a build is made for. */
export interface MiniProgramOptions {
  /** The URL of the API, without a slash at the end. */
  readonly apiUrl: string;
  readonly appid: string;
  /** The address of the staff's console; empty when there is none. */
  readonly consoleUrl: string;
}

const FOLDER = 'miniprogram';

/** Where a file of ours stands in the build, with `/`. */
const builtPath = (path: string) => path.replace(/^miniprogram\//, '').replace(/\.ts$/, '.js');

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

const withoutFetch: Plugin = {
  name: 'without-fetch',
  setup({ onLoad }) {
    onLoad({ filter: /\/client\/fetchOnce\.ts$/ }, () => ({
      contents: "export const fetchOnce = () => { throw new Error('a mini-program sends by wx.request'); };",
      loader: 'ts',
    }));
  },
};

/** Leaves every import to WeChat's `require`, under the name that the file has in the build. */
const eachApart: Plugin = {
  name: 'each-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, importer }) => {
      if (importer === '') return undefined;
      const from = builtPath(relative(ROOT, importer));
      const to = builtPath(relative(ROOT, join(resolveDir, path)));
      const found = posix.relative(posix.dirname(from), to);
      return { path: found.startsWith('.') ? found : `./${found}`, external: true };
    });
  },
};

/** The modules that run: the mini-program's own, and what they take of the clients. */
async function modulesOf(files: readonly string[]): Promise<readonly string[]> {
  const entries = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: entries,
    outdir: join(ROOT, 'dist'),
    bundle: true,
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'warning',
    plugins: [withoutFetch],
  });
  return [...new Set([...entries, ...Object.keys(metafile.inputs)])].sort();
}

/** Globals that no phone has, or that WeChat takes away. Code with one of them would fail on the phone only. */
const MISSING = new Set([
  ...['fetch', 'window', 'document', 'navigator', 'location', 'localStorage', 'XMLHttpRequest', 'WebSocket'],
  ...[
    'eval',
    'Function',
    'Proxy',
    'process',
    'globalThis',
    'AbortSignal',
    'URL',
    'URLSearchParams',
    'BigInt',
  ],
]);

/** Syntax that came after ES2018. Phones get it as it is, because WeChat adds functions and no syntax. */
const NEWER = new Set([
  ...[
    'OptionalMemberExpression',
    'OptionalCallExpression',
    'BigIntLiteral',
    'ImportExpression',
    'StaticBlock',
  ],
  ...['ClassProperty', 'ClassPrivateProperty', 'ClassPrivateMethod', 'PrivateName', 'ImportDeclaration'],
]);

const nameOf = (node: unknown) =>
  typeof node === 'object' && node !== null && 'name' in node && typeof node.name === 'string'
    ? node.name
    : '';

function newerSyntax(node: SyntaxNode): string | null {
  if (NEWER.has(node.type)) return node.type;
  const { operator, param } = node;
  if (typeof operator === 'string' && /^(\?\?|\?\?=|\|\|=|&&=)$/.test(operator)) return operator;
  return node.type === 'CatchClause' && param === null ? 'catch without a name' : null;
}

/** The names in a node that are no uses of a variable: those of members and of keys. */
function notVariables(node: SyntaxNode): readonly unknown[] {
  if (node.type === 'MemberExpression' && node.computed !== true) return [node.property];
  const isKey = ['ObjectProperty', 'ObjectMethod', 'ClassMethod'].includes(node.type);
  return isKey && node.computed !== true ? [node.key] : [];
}

/** What must not be in a built file: a missing global, or syntax that a phone cannot read. */
export function refusedIn(code: string): readonly string[] {
  const { program } = parse(code, { sourceType: 'script' });
  const nodes = [...nodesOf(program)];
  const others = new Set(nodes.flatMap(notVariables));
  return nodes.flatMap((node) => {
    const newer = newerSyntax(node);
    if (newer !== null) return [newer];
    const isMissing = node.type === 'Identifier' && !others.has(node) && MISSING.has(nameOf(node));
    return isMissing ? [nameOf(node)] : [];
  });
}

const projectConfig = ({ appid }: MiniProgramOptions) => ({
  appid,
  projectname: 'zhike',
  compileType: 'miniprogram',
  miniprogramRoot: './',
  libVersion: '3.6.0',
  setting: {
    urlCheck: true,
    es6: false,
    enhance: false,
    postcss: false,
    minified: false,
    uglifyFileName: false,
  },
});

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Builds the mini-program into `outdir`, after deleting what is there.
 * @throws Error when a file has something in it that a phone has not
 */
export async function buildMiniProgram(outdir: string, options: MiniProgramOptions): Promise<void> {
  const files = await filesOf(FOLDER);
  const copied = files.filter(
    (file) => /\.(wxml|wxss|json|png)$/.test(file) && !file.endsWith('tsconfig.json'),
  );
  const hash = createHash('sha256').update(JSON.stringify(options));
  const modules = await modulesOf(files);
  for (const file of [...modules, ...copied]) hash.update(await readFile(join(ROOT, file)));
  const version = hash.digest('hex').slice(0, 8);
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: modules.map((file) => ({ in: file, out: builtPath(file).replace(/\.js$/, '') })),
    outdir,
    bundle: true,
    format: 'cjs',
    target: 'es2018',
    charset: 'utf8',
    minify: true,
    write: false,
    logLevel: 'warning',
    plugins: [withoutFetch, eachApart],
    define: {
      API_URL: JSON.stringify(options.apiUrl),
      CONSOLE_URL: JSON.stringify(options.consoleUrl),
      APP_VERSION: JSON.stringify(version),
    },
  });
  const wrong = outputFiles.flatMap(({ path, text }) =>
    refusedIn(text).map((what) => `${relative(outdir, path)}: ${what}`),
  );
  if (wrong.length > 0) throw new Error(`not on a phone:\n${wrong.join('\n')}`);
  await rm(outdir, { recursive: true, force: true });
  const put = async (path: string, contents: string | Uint8Array) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  };
  await Promise.all([
    ...outputFiles.map(({ path, contents }) => put(path, contents)),
    ...copied.map(async (file) => put(join(outdir, builtPath(file)), await readFile(join(ROOT, file)))),
    put(join(outdir, 'project.config.json'), json(projectConfig(options))),
  ]);
}

/** The bytes of a built mini-program: of the main package, by the name of each subpackage, and of everything. */
export interface PackageBytes {
  readonly main: number;
  readonly subpackages: Readonly<Record<string, number>>;
  readonly all: number;
}

/** How large the packages of a built mini-program are, as they are uploaded. */
export async function packageBytes(outdir: string): Promise<PackageBytes> {
  const app: unknown = JSON.parse(await readFile(join(outdir, 'app.json'), 'utf8'));
  const { subPackages } = app as { readonly subPackages: readonly { readonly root: string }[] };
  const subpackages: Record<string, number> = Object.fromEntries(subPackages.map(({ root }) => [root, 0]));
  let main = 0;
  for (const entry of await readdir(outdir, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || entry.name === 'project.config.json') continue;
    const path = join(entry.parentPath, entry.name);
    const { length } = await readFile(path);
    const root = relative(outdir, path).split(/[\\/]/)[0] ?? '';
    const known = subpackages[root];
    if (known === undefined) main += length;
    else subpackages[root] = known + length;
  }
  const all = Object.values(subpackages).reduce((sum, bytes) => sum + bytes, main);
  return { main, subpackages, all };
}

/** How the build for a laptop's phone is made. Its requests go to wherever the phone's page comes from. */
export function localMiniProgram(environment: NodeJS.ProcessEnv): MiniProgramOptions {
  const consoleUrl = `http://localhost:${environment.PORT ?? 3000}/console`;
  return { apiUrl: '', appid: 'touristappid', consoleUrl };
}

/** What has to be entered at WeChat before the mini-program may speak to anybody. */
export function domainsOf({ apiUrl }: MiniProgramOptions, mediaHost: string | undefined): readonly string[] {
  const media =
    mediaHost === undefined ? '(the one of MEDIA_HOST, which is not given)' : `https://${mediaHost}`;
  return [
    `request       ${new URL(apiUrl).origin} ${media}`,
    'uploadFile    (none)',
    `downloadFile  ${media}`,
  ];
}

/**
 * Builds what is uploaded, for the shop that the environment describes, and answers what there is to say about it. It
 * builds nothing while `API_URL` or `WECHAT_APPID` is not given.
 * @throws Error when `API_URL` is no address without a slash at its end
 */
export async function releaseMiniProgram(
  outdir: string,
  environment: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const { API_URL: apiUrl, CONSOLE_URL: consoleUrl = '', WECHAT_APPID: appid, MEDIA_HOST } = environment;
  if (apiUrl === undefined || appid === undefined) {
    return ['miniprogram: not built, because it needs API_URL and WECHAT_APPID'];
  }
  if (!/^https:\/\/[^/\s]+(\/[^/\s]+)*$/.test(apiUrl))
    throw new Error(`API_URL ${apiUrl} is no address with https://`);
  const options = { apiUrl, appid, consoleUrl };
  await buildMiniProgram(outdir, options);
  const { main, subpackages, all } = await packageBytes(outdir);
  const sizes = Object.entries({ main, ...subpackages, all }).map(
    ([name, bytes]) => `${name} ${(bytes / 1000).toFixed(1)} kB`,
  );
  return [
    `miniprogram: ${sizes.join(', ')}`,
    'Domains to enter at mp.weixin.qq.com › 开发管理 › 服务器域名:',
    ...domainsOf(options, MEDIA_HOST).map((line) => `  ${line}`),
  ];
}
