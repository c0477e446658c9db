/** Covers that a laptop draws: SVG from a product's id, title and category, always the same one for a product. */

/** What a cover is drawn of. */
export interface CoverOf {
  readonly id: string;
  readonly title: string;
  /** The category's id, which its colours go by, and its title. */
  readonly category: string;
  readonly categoryTitle: string;
}

const WIDTH = 800;
const HEIGHT = 600;
/** The box of the title. What is drawn stays below it. A page of sixteen to nine cuts 75 units off above and below. */
const MARGIN = 60;
/** The widest line of a title, in units of the drawing. */
export const TITLE_WIDTH = WIDTH - 2 * MARGIN;
const TITLE_TOP = 128;
const TITLE_HEIGHT = 268;
const LINE_HEIGHT = 1.24;
const LABEL_SIZE = 28;
/** Sizes of the title, of which the largest one that fits is taken. A list shows a cover at a fifth of its width. */
const SIZES: readonly number[] = [96, 84, 72, 62, 54];
const LINES_MAX = 3;

interface Palette {
  readonly ground: string;
  readonly ink: string;
  readonly main: string;
  readonly second: string;
  readonly faint: string;
}

const palette = (ground: string, ink: string, main: string, second: string, faint: string): Palette => ({
  ...{ ground, ink, main, second, faint },
});

const PALETTES: readonly Palette[] = [
  palette('#123f36', '#f6f0e2', '#e3b55e', '#2f7a64', '#1b5145'),
  palette('#f4ecde', '#25211b', '#c7472f', '#dcc59b', '#eadcc3'),
  palette('#20294a', '#f3f1ea', '#ee8f5f', '#47588f', '#2c3761'),
  palette('#dce7ec', '#1b2b37', '#2c6d8d', '#efa548', '#c5d6de'),
  palette('#8c3327', '#faf0e4', '#f2c57f', '#b9604e', '#9d4537'),
  palette('#e8e2ef', '#2b2440', '#6b51a4', '#e3856d', '#d6cce4'),
  palette('#24272c', '#f3f3ef', '#80c9aa', '#505760', '#31353b'),
  palette('#f1c970', '#2b2314', '#23595a', '#fbe9bd', '#e5b653'),
  palette('#d2dfd2', '#1d2e26', '#39785a', '#f5f1e4', '#bccfbe'),
  palette('#f2d9d2', '#3a1f24', '#a63a50', '#f8efe6', '#e6c3ba'),
];

/** Whole numbers below a bound, always the same ones for the same text. */
function chanceOf(text: string): (below: number) => number {
  let state = 2_166_136_261;
  for (const letter of text) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

type Draw = (colours: Palette, chance: (below: number) => number) => string;

const range = (count: number) => Array.from({ length: count }, (_, at) => at);
const circle = (x: number, y: number, r: number, fill: string) =>
  `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
const path = (d: string, fill: string) => `<path d="${d}" fill="${fill}"/>`;

/** Rings around a point at the lower edge. */
const rings: Draw = ({ main, second, faint, ground }, chance) => {
  const x = 480 + chance(200);
  const colours = [faint, ground, second, ground, main, ground, second, main];
  return colours.map((colour, at) => circle(x, HEIGHT, 208 - at * 25, colour)).join('');
};

/** Three rows of hills, and a sun. */
const hills: Draw = ({ main, second, faint }, chance) => {
  const hill = (top: number, fill: string) => {
    const bend = 60 + chance(60);
    const middle = 260 + chance(280);
    return path(
      `M0 ${top + chance(40)} C${middle - 160} ${top - bend} ${middle} ${top + bend} ${WIDTH} ${top - chance(50)} V${HEIGHT} H0Z`,
      fill,
    );
  };
  const sun = circle(560 + chance(150), 446, 50, main);
  return sun + hill(455, faint) + hill(505, second) + hill(558, main);
};

/** Quarters of circles, laid as tiles. */
const tiles: Draw = ({ main, second, faint }, chance) => {
  const side = 100;
  const quarter = (x: number, y: number) => {
    const fill = [main, second, faint][chance(3)] ?? main;
    const [right, low] = [x + side, y + side];
    const forms = [
      `M${x} ${y} H${right} A${side} ${side} 0 0 1 ${x} ${low}Z`,
      `M${right} ${y} V${low} A${side} ${side} 0 0 1 ${x} ${y}Z`,
      `M${right} ${low} H${x} A${side} ${side} 0 0 1 ${right} ${y}Z`,
      `M${x} ${low} V${y} A${side} ${side} 0 0 1 ${right} ${low}Z`,
      `M${x} ${y} H${right} V${low} H${x}Z`,
    ];
    return path(forms[chance(forms.length)] ?? '', fill);
  };
  return range(16)
    .map((at) => quarter((at % 8) * side, 400 + Math.floor(at / 8) * side))
    .join('');
};

/** Bars that rise to the right, one of them marked. */
const bars: Draw = ({ main, second, faint }, chance) => {
  const marked = 7 + chance(4);
  return range(12)
    .map((at) => {
      const height = 36 + at * 11 + chance(56);
      const fill = at === marked ? main : at % 2 === 0 ? second : faint;
      return `<rect x="${MARGIN + at * 57}" y="${HEIGHT - height}" width="45" height="${height}" fill="${fill}"/>`;
    })
    .join('');
};

/** A disc that sinks behind lines. */
const horizon: Draw = ({ main, second, ground }, chance) => {
  const x = 500 + chance(130);
  const lines = range(7).map((at) => {
    const y = 474 + at * 19;
    return `<rect x="0" y="${y}" width="${WIDTH}" height="${4 + at * 2}" fill="${ground}"/>`;
  });
  return circle(x, 520, 126, second) + circle(x, 520, 92, main) + lines.join('');
};

/** Dots that grow to one corner. */
const dots: Draw = ({ main, second }, chance) => {
  const isTurned = chance(2) === 0;
  return range(19 * 6)
    .map((at) => {
      const [column, row] = [at % 19, Math.floor(at / 19)];
      const away = (isTurned ? 18 - column : column) / 18;
      const r = Math.round(2 + 17 * away * ((row + 2) / 7));
      return circle(40 + column * 40, 408 + row * 36, r, (column + row) % 7 === 3 ? main : second);
    })
    .join('');
};

/** Folded sheets of paper. */
const folds: Draw = ({ main, second, faint }, chance) => {
  const at = 330 + chance(180);
  return [
    path(`M0 ${HEIGHT} L${at} 404 L${at + 70} ${HEIGHT}Z`, faint),
    path(`M${at} 404 L${WIDTH} 500 V${HEIGHT} H${at + 70}Z`, second),
    path(`M${at + 70} ${HEIGHT} L${at} 404 L${at + 250} ${HEIGHT}Z`, main),
    path(`M0 ${HEIGHT} V520 L${at - 150} ${HEIGHT}Z`, second),
  ].join('');
};

/** Paths around a body, with what goes round on them. */
const orbits: Draw = ({ main, second, faint }, chance) => {
  const x = 540 + chance(80);
  const ways = [246, 180, 114].map((r, at) => {
    const angle = Math.PI * (1.1 + chance(80) / 100);
    const [dx, dy] = [Math.cos(angle) * r, Math.sin(angle) * r * 0.62];
    const way = `<ellipse cx="${x}" cy="552" rx="${r}" ry="${Math.round(r * 0.62)}" fill="none" stroke="${second}" stroke-width="5"/>`;
    return way + circle(Math.round(x + dx), Math.round(552 + dy), 26 - at * 5, at === 1 ? main : second);
  });
  return circle(x, 552, 96, faint) + ways.join('') + circle(x, 552, 56, main);
};

const DRAWINGS: readonly Draw[] = [rings, hills, tiles, bars, horizon, dots, folds, orbits];

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{3fffd}]/u;
/** What no line begins with. */
const CLOSING = /^[，。、；：！？）》」』】·…—,.;:!?)\]%]/;

/** What no line ends with. */
const OPENING = /[“‘（《「『【([]$/;

/** How wide a letter is, in ems, in common fonts or less. */
const widthOf = (letter: string) =>
  WIDE.test(letter) ? 1 : letter === ' ' ? 0.3 : /[A-Zmw@]/.test(letter) ? 0.75 : 0.6;
const widthOfText = (text: string) => [...text].reduce((sum, letter) => sum + widthOf(letter), 0);

const words = new Intl.Segmenter('zh-CN', { granularity: 'word' });

/** The parts that are not broken: words, with the signs that close them and without a space between Latin ones. */
function partsOf(title: string): string[] {
  const parts: string[] = [];
  for (const { segment } of words.segment(title)) {
    const last = parts.at(-1) ?? '';
    const isLatin = /[\w+#.'-]$/.test(last) && /^[\w+#.'-]/.test(segment);
    const isJoined =
      last !== '' && (CLOSING.test(segment) || segment === ' ' || OPENING.test(last) || isLatin);
    if (isJoined) parts[parts.length - 1] = last + segment;
    else parts.push(segment);
  }
  return parts;
}

/** The lines of a text that is broken at this width, in ems. A part that is too long is cut. */
function broken(text: string, ems: number): string[] {
  const lines = [''];
  const add = (part: string) => {
    const line = lines.at(-1) ?? '';
    if (line === '' || widthOfText((line + part).trimEnd()) <= ems) lines[lines.length - 1] = line + part;
    else lines.push(part);
  };
  for (const part of partsOf(text)) {
    if (widthOfText(part.trimEnd()) <= ems) add(part);
    else for (const letter of part) add(letter);
  }
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

/** A title in lines, and the size of its type, in units of the drawing. */
export interface SetTitle {
  readonly lines: readonly string[];
  readonly size: number;
}

/** The same number of lines, as even as they can be, so that none has a single letter. */
function evenly(text: string, ems: number): string[] {
  const lines = broken(text, ems);
  for (let narrow = ems - 0.5; narrow > 0; narrow -= 0.5) {
    const next = broken(text, narrow);
    if (next.length > lines.length || next.some((line) => widthOfText(line) > narrow)) break;
    lines.splice(0, lines.length, ...next);
  }
  return lines;
}

const isWithinBox = ({ lines, size }: SetTitle) => lines.length * size * LINE_HEIGHT <= TITLE_HEIGHT;

/**
 * Sets a title within its box, as large as it fits. It is broken after its colon rather than anywhere else. What does
 * not fit at the smallest size ends in an ellipsis.
 */
export function setTitle(title: string): SetTitle {
  const [, head = '', rest = ''] = /^(.+?)[：:]\s*(.+)$/.exec(title) ?? [];
  for (const size of SIZES) {
    const ems = TITLE_WIDTH / size;
    const halves = head === '' ? [] : [broken(head, ems), broken(rest, ems)];
    // Each half has a line to itself, or the second one two.
    if (halves[0]?.length === 1 && (halves[1]?.length === 1 || size === SIZES[2])) {
      const apart = { lines: [head, ...evenly(rest, ems)], size };
      if (isWithinBox(apart)) return apart;
    }
    const whole = { lines: evenly(title, ems), size };
    if (head === '' && isWithinBox(whole) && whole.lines.length < LINES_MAX) return whole;
  }
  const size = SIZES.at(-1) ?? 0;
  const ems = TITLE_WIDTH / size;
  const lines = broken(title, ems);
  if (lines.length <= LINES_MAX) return { lines: evenly(title, ems), size };
  const kept = lines.slice(0, LINES_MAX);
  const last = [...(kept.pop() ?? '')];
  while (last.length > 0 && widthOfText(`${last.join('')}…`) > ems) last.pop();
  return { lines: [...kept, `${last.join('').trimEnd()}…`], size };
}

const escaped = (text: string) =>
  text
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');

/** Draws the cover, four to three. Its type is large enough for a list's small pictures. */
export function drawCover({ id, title, category, categoryTitle }: CoverOf): string {
  const chance = chanceOf(id);
  const [shade, drawing, isSerif] = [chance(4), chance(DRAWINGS.length), chance(2) === 0];
  const colours = PALETTES[(chanceOf(category)(PALETTES.length) + shade) % PALETTES.length];
  const draw = DRAWINGS[drawing];
  if (colours === undefined || draw === undefined) throw new Error('there is no such drawing');
  const { lines, size } = setTitle(title);
  const family = isSerif
    ? "'Songti SC', 'Noto Serif CJK SC', 'Source Han Serif SC', serif"
    : "'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif";
  const step = Math.round(size * LINE_HEIGHT);
  const first = TITLE_TOP + size;
  const text = lines.map(
    (line, at) => `<tspan x="${MARGIN}" y="${first + at * step}">${escaped(line)}</tspan>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">
<rect width="${WIDTH}" height="${HEIGHT}" fill="${colours.ground}"/>
${draw(colours, chance)}
<g fill="${colours.ink}" font-family="${family}"><text x="${MARGIN}" y="112" font-size="${LABEL_SIZE}" letter-spacing="4">${escaped(categoryTitle)}</text>
<text font-size="${size}" font-weight="700">${text.join('')}</text></g>
</svg>
`;
}
