/** A mini-program whose promises are timers, as WeChat's own stand-in for them is before iOS 16. */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { pack } from '../../../local/phone/pack.ts';

/**
 * Stands before each file. What waits for a promise is called by a timer of the phone. `await` becomes calls of
 * `Promise` below ES2017, so it waits in the same way.
 */
const LATE = `
  const Promise = class extends (async () => undefined)().constructor {
    then(kept, broken) {
      const late = (then) =>
        typeof then === 'function'
          ? (value) => new super.constructor((resolve) => setTimeout(() => resolve(value), 0)).then(then)
          : then;
      return super.then(late(kept), late(broken));
    }
  };`;

/** Packs what is built in `folder` with such promises, and answers the script. */
export async function packWithLatePromises(folder: string): Promise<string> {
  const copy = `${folder}-late`;
  await cp(folder, copy, { recursive: true });
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !path.endsWith('.js')) continue;
    const { code } = await transform(await readFile(path, 'utf8'), { target: 'es2016', banner: LATE });
    await writeFile(path, code);
  }
  const { script } = await pack(copy);
  await rm(copy, { recursive: true });
  return script;
}
