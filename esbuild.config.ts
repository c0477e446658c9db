/**
 * Builds what runs: without a flag one bundle for each deployed unit in `dist/<unit>/index.js`, with `--local` the
 * programs for a laptop in `dist/local/`.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import type { Manifest } from './tools/manifest.ts';

const ROOT = __dirname;
const DIST = join(ROOT, 'dist');
/** Where the programs for a laptop are built. */
export const LOCAL_DIST = join(DIST, 'local');

/** A unit above this is loaded slowly: something is in it that should not be. */
const UNIT_BYTES_WARN = 380_000;

/** The programs of `--local`. */
const LOCAL_ENTRIES = ['local/start.ts', 'local/demo.ts'];

const common: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
  // Half of what users read is Chinese, and an escape is twice as long.
  charset: 'utf8',
  // It has a native part, which stays in node_modules.
  external: ['libsql'],
};

/**
 * The source of a unit's entry: its functions by name, the ports that SCF's environment describes, and the consumers
 * that its timer runs.
 */
function entryOf({ functions, consumers }: Manifest['units'][number]): string {
  const named = (entries: Manifest['functions']) => `{ ${entries.map(({ name }) => name).join(', ')} }`;
  return `${[...functions, ...consumers].map(({ name, file }) => `import { ${name} } from './${file}';`).join('\n')}
import { production } from './shared/adapters/production.ts';
import { unit } from './shared/runtime/scf.ts';

export const main_handler = unit(${named(functions)}, production(process.env), ${named(consumers)});
`;
}

/** Makes the entries, and leaves the embedded database out: a disk that a function instance loses holds no orders. */
function unitsPlugin(units: Manifest['units']): Plugin {
  const entries = new Map(units.map((unit) => [`unit:${unit.name}`, entryOf(unit)]));
  return {
    name: 'units',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^unit:/ }, ({ path }) => ({ path, namespace: 'unit' }));
      onLoad({ filter: /.*/, namespace: 'unit' }, ({ path }) => ({
        contents: entries.get(path) ?? '',
        loader: 'ts',
        resolveDir: ROOT,
      }));
      onResolve({ filter: /\/sqlite\/database\.ts$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
      onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
        contents: "throw new Error('the embedded database is left out of deployed units');",
      }));
    },
  };
}

/**
 * Leaves out what makes JSON Schema of schemas: only the tools do that, and every schema would carry it along (19 kB,
 * to be read at each cold start).
 */
const withoutJsonSchema: Plugin = {
  name: 'without-json-schema',
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/core\/(?:to-json-schema|json-schema-processors)\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const names = [...text.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
      const nothing = names.map((name) => `export const ${name} = leftOut;`);
      return {
        contents: ['const leftOut = () => leftOut;', ...nothing, 'export { leftOut as process };'].join('\n'),
      };
    });
  },
};

/** What is in a bundle and must not be: simulators and tests, which would make money out of nothing. */
export function strangersIn(metafile: Pick<Metafile, 'inputs'>): string[] {
  return Object.keys(metafile.inputs).filter((path) => /^(local|tests|tools)\//.test(path));
}

/** One built unit. */
export interface BuiltUnit {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
}

/** Builds every unit below `outdir`, after throwing away what was built there before. @throws when a unit holds a stranger */
export async function buildUnits(units: Manifest['units'], outdir: string): Promise<readonly BuiltUnit[]> {
  for (const entry of existsSync(outdir) ? await readdir(outdir) : []) {
    if (entry !== 'local') await rm(join(outdir, entry), { recursive: true });
  }
  const { metafile } = await build({
    ...common,
    entryPoints: units.map(({ name }) => ({ in: `unit:${name}`, out: `${name}/index` })),
    outdir,
    plugins: [unitsPlugin(units), withoutJsonSchema],
    minify: true,
    sourcemap: 'external',
    metafile: true,
  });
  const strangers = strangersIn(metafile);
  if (strangers.length > 0) throw new Error(`not in a deployed unit: ${strangers.join(', ')}`);
  return Promise.all(
    units.map(async ({ name }) => {
      const file = join(outdir, name, 'index.js');
      return { name, file, bytes: (await stat(file)).size };
    }),
  );
}

/** How the programs for a laptop are built. */
export function localBuild(outdir: string): BuildOptions {
  return {
    ...common,
    entryPoints: LOCAL_ENTRIES.map((path) => ({ in: path, out: basename(path, '.ts') })),
    outdir,
    sourcemap: true,
    // Half as much to hold in memory; stack traces come through the source maps.
    minify: true,
  };
}

async function main(isLocal: boolean): Promise<void> {
  if (isLocal) {
    await build(localBuild(LOCAL_DIST));
    return;
  }
  // Loaded here only: it loads every function, and a laptop's build has no use for that.
  const { readManifest } = await import('./tools/manifest.ts');
  const built = await buildUnits((await readManifest()).units, DIST);
  const width = Math.max(...built.map(({ name }) => name.length));
  for (const { name, bytes } of built) {
    const warning = bytes > UNIT_BYTES_WARN ? `  more than ${UNIT_BYTES_WARN / 1000} kB` : '';
    console.log(`${name.padEnd(width)}  ${(bytes / 1000).toFixed(1).padStart(7)} kB${warning}`);
  }
}

if (basename(process.argv[1] ?? '') === 'esbuild.config.ts') void main(process.argv.includes('--local'));
