/** Builds the phone's page for the browser: the phone, and the packed mini-program beside it. */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, transform } from 'esbuild';
import { pack } from './pack.ts';

const TARGET = 'es2022';

/**
 * Packs the mini-program that is built in `folder`, and writes the page that shows it to `outdir`, after deleting what
 * is there: `index.html`, `phone.js`, `phone.css`, `miniprogram.js`, `miniprogram.css`. They are served below `/app`.
 * `root` is the folder of the sources.
 * @throws Outside with the file and line of what the phone does not take
 */
export async function buildPhone(root: string, folder: string, outdir: string): Promise<void> {
  const own = join(root, 'local/phone/browser');
  const { script, style } = await pack(folder);
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const packed = await transform(`globalThis.miniprogram=${script};`, {
    ...{ charset: 'utf8', minify: true, target: TARGET },
  });
  await Promise.all([
    build({
      ...{ absWorkingDir: root, bundle: true, minify: true, format: 'iife', target: TARGET, charset: 'utf8' },
      entryPoints: [join(own, 'main.ts')],
      outfile: join(outdir, 'phone.js'),
      logLevel: 'warning',
    }),
    writeFile(join(outdir, 'miniprogram.js'), packed.code),
    writeFile(join(outdir, 'miniprogram.css'), style),
    copyFile(join(own, 'index.html'), join(outdir, 'index.html')),
    copyFile(join(own, 'phone.css'), join(outdir, 'phone.css')),
  ]);
}
