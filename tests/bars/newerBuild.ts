/** A newer build of the product, for bars about two builds on one store: this one, with a few sources changed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { ROOT } from '../../tools/sources.ts';

/** The field that only the newer build knows, of an order and of each of its lines. */
export const FIELD = 'madeBy';
/** The version of points accounts that only the newer build knows, and what is new in it. */
export const ACCOUNT = { version: 3, field: 'tier' } as const;

/** What is put in place of what, by file. Each text must be there once. */
const CHANGES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'shared/data/orders/orders.ts': [
    [
      'schema: Order,',
      `schema: Order.extend({
        ${FIELD}: z.string().optional(),
        lines: z.array(Order.shape.lines.element.extend({ ${FIELD}: z.string().optional() })),
      }),`,
    ],
    ['indexes: {', `indexes: { byMaker: { fields: ['${FIELD}', 'createdAtMs'] },`],
    [
      'return tx.insert(collection, order);',
      `appendFileSync(process.env.WITNESS, order.id + '\\n');
       const lines = order.lines.map((line) => ({ ...line, ${FIELD}: line.productId }));
       return tx.insert(collection, { ...order, ${FIELD}: 'newer', lines });`,
    ],
    [
      "import { fail } from '../../errors.ts';",
      "import { appendFileSync } from 'node:fs'; import * as z from 'zod'; import { fail } from '../../errors.ts';",
    ],
  ],
  'shared/data/points/points.ts': [
    [
      'schema: PointsAccount,\n  version: 2,\n  upgrade: upgradeAccount,',
      `schema: PointsAccount.extend({ ${ACCOUNT.field}: z.string() }),
       version: ${ACCOUNT.version},
       upgrade: (doc, from) => ({ ...(from < 2 ? upgradeAccount(doc) : doc), ${ACCOUNT.field}: 'plain' }),`,
    ],
    [
      'await tx.insert(accounts, account)',
      `await tx.insert(accounts, { ${ACCOUNT.field}: 'plain', ...account })`,
    ],
    [
      'await tx.update(accounts, account)',
      `await tx.update(accounts, { ${ACCOUNT.field}: 'plain', ...account })`,
    ],
    ['import { all, defineCollection }', "import * as z from 'zod'; import { all, defineCollection }"],
  ],
};

const changed: Plugin = {
  name: 'changed',
  setup({ onLoad }) {
    for (const [file, changes] of Object.entries(CHANGES)) {
      onLoad({ filter: new RegExp(`/${file.replaceAll('.', '\\.')}$`) }, () => {
        let contents = readFileSync(join(ROOT, file), 'utf8');
        for (const [before, after] of changes) {
          if (contents.split(before).length !== 2) throw new Error(`${file} does not have once: ${before}`);
          contents = contents.replace(before, () => after);
        }
        return { contents, loader: 'ts' };
      });
    }
  },
};

/** Prints the ids of the orders that the newer build's own index has, by what stands in its field. */
const LIST = `
import { sqliteDatabase } from './shared/adapters/sqlite/database.ts';
import { all } from './shared/data/collection.ts';
import { collections } from './shared/data/collections.ts';
import { collection } from './shared/data/orders/orders.ts';
const database = sqliteDatabase({ path: process.argv[2], collections, random: Math.random });
const found = { newer: [], older: [] };
async function main() {
for (const [name, maker] of [['newer', 'newer'], ['older', null]]) {
  const query = { index: 'byMaker', where: { ${FIELD}: maker }, order: 'ascending', limit: 100 };
  for await (const { id } of all(database, collection, query)) found[name].push(id);
}
console.log(JSON.stringify(found));
}
void main();
`;

/** The programs of the newer build. */
export interface NewerBuild {
  /** Starts the product. Appends the id of each order that it makes to the file `WITNESS`. */
  readonly start: string;
  readonly migrate: string;
  /** Prints what its own index finds in a file, as `{newer: [...], older: [...]}`. */
  readonly list: string;
}

/** Makes the newer build beside the present one. */
export async function buildNewer(): Promise<NewerBuild> {
  const outdir = join(ROOT, 'dist', 'newer');
  const common: BuildOptions = {
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    external: ['libsql'],
    plugins: [changed],
  };
  await build({ ...common, outdir, entryPoints: { start: 'local/start.ts', migrate: 'tools/migrate.ts' } });
  const stdin = { contents: LIST, resolveDir: ROOT, loader: 'ts' } as const;
  await build({ ...common, outfile: join(outdir, 'list.js'), stdin });
  return {
    start: join(outdir, 'start.js'),
    migrate: join(outdir, 'migrate.js'),
    list: join(outdir, 'list.js'),
  };
}
