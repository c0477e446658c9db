import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../tools/sources.ts';
import { wxmlMistakes } from '../../tools/wxmlCheck.ts';

async function mistakesOf(folder: string): Promise<string[]> {
  await mkdir(join(ROOT, 'dist'), { recursive: true });
  const outdir = await mkdtemp(join(ROOT, 'dist', 'wxml-check-'));
  try {
    return await wxmlMistakes(join(ROOT, folder), outdir);
  } finally {
    await rm(outdir, { recursive: true });
  }
}

test('every template of the mini-program fits its page', async () => {
  expect(await mistakesOf('miniprogram')).toEqual([]);
});

test('planted mistakes are told with their line, and nothing else is', async () => {
  const mistakes = await mistakesOf('tests/phone/fixtures/mistakes');
  const found = mistakes.map((mistake) => mistake.replace('tests/phone/fixtures/mistakes/pages/', ''));
  const lines = found.map((mistake) => mistake.split(':').slice(0, 2).join(':'));
  expect(lines).toEqual([
    'outside/outside.wxml:2',
    ...[2, 3, 6, 10, 11, 13, 15, 16, 17, 18, 21, 24, 25].map((line) => `wrong/wrong.wxml:${line}`),
  ]);
  expect(found[0]).toContain('<web-view> is not among the phone');
  expect(found[1]).toContain("'titel' does not exist");
  expect(found[2]).toContain("'view.order' is possibly 'null'");
  expect(found[3]).toContain('null');
  expect(found[5]).toContain("'opne' does not exist");
});

test('the check is a step of npm run check', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  expect(scripts.check).toContain('tsx tools/wxmlCheck.ts');
});
