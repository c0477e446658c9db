import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/sources.ts';

const pages = [
  'README.md',
  'README.zh-CN.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

/** Every path of the project that a page names between back ticks or in a link; placeholders are none. */
function pathsIn(text: string): string[] {
  const named = text.matchAll(
    /[`(]\/?(?:\.\.\/)?((?:functions|shared|tests|local|tools|docs|events|client)\/[\w./-]*)[`)]/g,
  );
  return [...named].map(([, path = '']) => path);
}

describe('what people read', () => {
  test.each(pages)('%s names only files and folders that are there', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    expect(pathsIn(text).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('a path that is not there would be seen', () => {
    expect(pathsIn('see `shared/ports.ts` and [it](docs/gone.md), not `shared/domain/<area>`')).toEqual([
      'shared/ports.ts',
      'docs/gone.md',
    ]);
  });
});
