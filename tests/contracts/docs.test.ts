import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '../../tools/manifest.ts';
import { ROOT } from '../../tools/sources.ts';

const pages = [
  'README.md',
  'README.zh-CN.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

/** Every path of the project that a page names in back ticks or in a link, without placeholders. */
function pathsIn(text: string): string[] {
  const named = text.matchAll(
    // `/console/…` is an address, and no folder.
    /[`(](?!\/console)\/?(?:\.\.\/)?((?:functions|shared|tests|local|tools|docs|events|client|console|miniprogram)\/[\w./-]*)[`)]/g,
  );
  return [...named].map(([, path = '']) => path);
}

describe('what people read', () => {
  test.each(pages)('%s names only files and folders that are there', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    expect(pathsIn(text).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('a path that does not exist is reported', () => {
    expect(pathsIn('see `shared/ports.ts` and [it](docs/gone.md), not `shared/domain/<area>`')).toEqual([
      'shared/ports.ts',
      'docs/gone.md',
    ]);
  });

  test('the table of verbs has the first word of every function, and no other', async () => {
    const rows = readFileSync(join(ROOT, 'docs/CONVENTIONS.md'), 'utf8').matchAll(/^\| ([a-z, ]+) \| \w/gm);
    const verbs = [...rows].flatMap(([, cell = '']) => cell.split(', ')).filter((verb) => verb !== 'verb');
    const { functions } = await readManifest();
    // A platform's call is named after what it tells, such as `payNotify`, so its verb comes last.
    const used = functions.map(({ name, own }) => {
      const words = name
        .replace(/([A-Z])/g, ' $1')
        .toLowerCase()
        .split(' ');
      const isTold = own.kind === 'callback' && words[0] !== 'check' && words[0] !== 'serve';
      return isTold ? words.at(-1) : words[0];
    });
    expect(used.filter((verb = '') => !verbs.includes(verb))).toEqual([]);
    expect(verbs.filter((verb) => !used.includes(verb))).toEqual([]);
  });

  test('the READMEs have at most 9,000 bytes', () => {
    for (const page of ['README.md', 'README.zh-CN.md']) {
      expect(readFileSync(join(ROOT, page)).length).toBeLessThanOrEqual(9_000);
    }
  });
});
