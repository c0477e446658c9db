import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/sources.ts';

const css = readFileSync(join(ROOT, 'console/tokens.css'), 'utf8');

/** The colours of both themes, by name. What the dark one does not name is that of the light one. */
function themes(): Readonly<Record<'light' | 'dark', Readonly<Record<string, string>>>> {
  const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
  const named = (text: string) =>
    Object.fromEntries(
      [...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
    );
  return { light: named(light), dark: { ...named(light), ...named(dark) } };
}

/** How bright a colour is, from 0 to 1 (WCAG 2.2, relative luminance). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

const GROUNDS = ['back', 'box', 'inset'];
const TINTED = ['main-ground', 'bad-ground', 'warn-ground', 'info-ground'];
const CHARTS = [1, 2, 3, 4, 5, 6].map((number) => `chart-${number}`);

/** What stands on what, and the least contrast of it: 4.5 for text, 3 for edges of controls and for graphics. */
const PAIRS: readonly (readonly [names: readonly string[], grounds: readonly string[], least: number])[] = [
  [['ink', 'soft'], [...GROUNDS, ...TINTED], 4.5],
  [['main', 'bad', 'warn', 'info', 'price'], GROUNDS, 4.5],
  ...['main', 'bad', 'warn', 'info'].map((name) => [[name], [`${name}-ground`], 4.5] as const),
  [['on-main'], ['main'], 4.5],
  [['on-bad'], ['bad'], 4.5],
  [['edge', 'main', 'bad'], GROUNDS, 3],
  [CHARTS, ['box', 'back'], 3],
];

const pairs = Object.entries(themes()).flatMap(([theme, colours]) =>
  PAIRS.flatMap(([names, grounds, least]) =>
    names.flatMap((name) => grounds.map((ground) => ({ theme, name, ground, least, colours }))),
  ),
);

describe('the palette', () => {
  test.each(pairs)('$theme: $name on $ground has $least or more', ({ name, ground, least, colours }) => {
    const ratio = contrast(colours[name] ?? '', colours[ground] ?? '');
    expect(ratio).toBeGreaterThanOrEqual(least);
  });

  test('contrast is that of the standard', () => {
    expect(contrast('#000000', '#ffffff')).toBe(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  test('every colour is held to something, in both themes', () => {
    const held = new Set(pairs.flatMap(({ name, ground }) => [name, ground]));
    // Lines only separate what also stands apart.
    for (const colours of Object.values(themes()))
      expect(Object.keys(colours).filter((name) => !held.has(name))).toEqual(['line']);
  });
});
