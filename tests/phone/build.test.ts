import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { addressOf, settingsIn } from '../../local/phone/browser/address.ts';
import { buildPhone } from '../../local/phone/build.ts';
import type { Settings } from '../../local/phone/host.ts';
import { ROOT } from '../../tools/sources.ts';

const KB = 1_024;

test('the page of the phone is a handful of small files without anything inline', async () => {
  const outdir = await mkdtemp(join(tmpdir(), 'phone-'));
  try {
    await buildPhone(ROOT, join(__dirname, 'fixtures/shop'), outdir);
    expect((await readdir(outdir)).sort()).toEqual([
      ...['index.html', 'miniprogram.css', 'miniprogram.js', 'phone.css', 'phone.js'],
    ]);
    const [html, script] = await Promise.all(
      ['index.html', 'phone.js'].map((name) => readFile(join(outdir, name), 'utf8')),
    );
    expect(gzipSync(script ?? '').length).toBeLessThan(21 * KB);
    expect(script).not.toMatch(/\beval\(|new Function|innerHTML|insertAdjacentHTML/);
    expect(html).not.toMatch(/\sstyle=|\son[a-z]+=|<style|<script(?! src=)/);
    expect(html).not.toMatch(/https?:\/\//);
  } finally {
    await rm(outdir, { recursive: true });
  }
});

test('how the phone is set stands in its address', () => {
  const settings: fc.Arbitrary<Settings> = fc.record({
    who: fc.string({ minLength: 1, maxLength: 64 }),
    platform: fc.constantFrom('android', 'ios', 'harmony', 'windows'),
    network: fc.constantFrom('good', 'slow', 'off', 'lost'),
    payment: fc.oneof(
      fc.constantFrom('ask', 'pay', 'cancel', 'fail', 'told_failed', 'silent'),
      fc.integer({ min: -99_999, max: -1 }),
    ),
    privacy: fc.constantFrom('agreed', 'ask'),
    subscribe: fc.constantFrom('ask', 'accept', 'reject', 'ban'),
    chat: fc.string({ minLength: 1, maxLength: 64 }),
    isDark: fc.boolean(),
  });
  fc.assert(
    fc.property(settings, fc.option(fc.webPath()), fc.boolean(), (set, path, isSystemDark) => {
      const search = new URLSearchParams(addressOf(set, path, null, isSystemDark));
      expect(settingsIn(search, isSystemDark)).toEqual(set);
      expect(search.get('path')).toBe(path);
    }),
  );
  fc.assert(
    fc.property(fc.webQueryParameters(), (anything) => {
      const read = settingsIn(new URLSearchParams(anything));
      expect(settingsIn(new URLSearchParams(addressOf(read, null, null)))).toEqual(read);
    }),
  );
});
