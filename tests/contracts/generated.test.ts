import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generated } from '../../tools/generate.ts';
import { ROOT } from '../../tools/sources.ts';

const present = (path: string) => {
  const file = join(ROOT, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
};

describe('generated files', () => {
  test('each file is up to date with the functions: if not, run `npm run generate`', async () => {
    const files = await generated();
    const stale = [...files].filter(([path, content]) => present(path) !== content).map(([path]) => path);
    expect(stale).toEqual([]);
  });

  test('generating twice gives the same bytes, with plain line ends', async () => {
    const files = await generated();
    expect([...(await generated())]).toEqual([...files]);
    for (const [path, content] of files) {
      expect([path, content.includes('\r'), content.endsWith('\n')]).toEqual([path, false, true]);
    }
  });
});
