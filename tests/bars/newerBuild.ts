/** A newer build of the product, for bars with two builds on one store: this build with a few sources changed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { localBuild } from '../../esbuild.config.ts';
import { ROOT } from '../../tools/sources.ts';

/**
 * The field that only the newer build knows, for an order and for each of its lines, and the index that sorts by it.
 */
export const FIELD = 'madeBy';
export const INDEX = `by ${FIELD},createdAtMs`;
/** The version of points accounts that only the newer build knows, and its new field. */
export const ACCOUNT = { version: 3, field: 'tier' } as const;

/** The replacements by file. Each text must occur exactly once. */
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
      'await store(tx, accounts, before, account)',
      `await store(tx, accounts, before, { ${ACCOUNT.field}: 'plain', ...account })`,
    ],
    ['import { all, defineCollection,', "import * as z from 'zod'; import { all, defineCollection,"],
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

/** The programs of the newer build. */
export interface NewerBuild {
  /** Starts the product. It appends the id of each order that it makes to the file `WITNESS`. */
  readonly start: string;
  readonly migrate: string;
}

/** Builds the newer build beside the present one. */
export async function buildNewer(): Promise<NewerBuild> {
  const outdir = join(ROOT, 'dist', 'newer');
  await build({
    ...localBuild(outdir),
    entryPoints: { start: 'local/start.ts', migrate: 'tools/migrate.ts' },
    plugins: [changed],
  });
  return {
    start: join(outdir, 'start.mjs'),
    migrate: join(outdir, 'migrate.mjs'),
  };
}
