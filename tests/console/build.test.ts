import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildConsole, type ConsoleFile } from '../../tools/consoleBuild.ts';

const [FIRST_MAX, ALL_MAX, SCREEN_MAX] = [56_000, 145_000, 22_000];

const sum = (files: readonly ConsoleFile[]) => files.reduce((bytes, { gzBytes }) => bytes + gzBytes, 0);

describe('the built console', () => {
  let folder: string;
  let files: readonly ConsoleFile[];
  let page: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'console-'));
    files = await buildConsole(folder, {
      apiUrl: 'https://api.zhike.example',
      mediaUrl: 'https://media.zhike.example',
      isDev: false,
    });
    page = await readFile(join(folder, 'index.html'), 'utf8');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('loads little at first, little altogether, and little for each screen', () => {
    expect(sum(files.filter(({ isFirst }) => isFirst))).toBeLessThan(FIRST_MAX);
    expect(sum(files)).toBeLessThan(ALL_MAX);
    expect(files.filter(({ isFirst, gzBytes }) => !isFirst && gzBytes > SCREEN_MAX)).toEqual([]);
  });

  test('every file but the page has its content in its name', () => {
    const names = files.map(({ name }) => name).filter((name) => name !== 'index.html');
    expect(names.filter((name) => !/^[\w-]+-[A-Z0-9]{8}\.(js|css)$/.test(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(5);
  });

  test('the page loads scripts and styles of its own only, and nothing stands in it', () => {
    expect(page).toContain('default-src &#39;none&#39;'.replaceAll('&#39;', "'"));
    expect(page).toContain("connect-src 'self' https://api.zhike.example");
    expect(page).toContain("img-src 'self' data: https://media.zhike.example;");
    expect(page).toContain('<meta name="api" content="https://api.zhike.example">');
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|javascript:|unsafe-/);
    const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
    expect(loaded.filter((url) => url !== 'data:,' && !url?.startsWith('/console/'))).toEqual([]);
  });

  test('no code makes code of text, or HTML of data', async () => {
    const scripts = files.filter(({ name }) => name.endsWith('.js'));
    const texts = await Promise.all(scripts.map(({ name }) => readFile(join(folder, name), 'utf8')));
    for (const text of texts)
      expect(text).not.toMatch(/\beval\(|new Function\(|document\.write|insertAdjacentHTML/);
  });
});
