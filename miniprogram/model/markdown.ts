/** The little of Markdown that our texts use, as blocks. There is no HTML in it. */

/** A piece of a line. */
export interface Piece {
  readonly id: number;
  readonly text: string;
  readonly isStrong: boolean;
}

/** A block of a text. Its level is that of a heading, 1 … 3, or 0. */
export interface Block {
  readonly id: number;
  readonly kind: 'heading' | 'text' | 'item' | 'quote' | 'rule' | 'code';
  readonly level: number;
  readonly pieces: readonly Piece[];
}

/** A line with its `**strong**` parts. What looks like Markdown and is not stays as it was typed. */
export function piecesOf(line: string): readonly Piece[] {
  return line
    .split(/(\*\*[^*]+\*\*)/)
    .filter((text) => text !== '')
    .map((text, id) => {
      const isStrong = text.length > 4 && text.startsWith('**') && text.endsWith('**');
      return { id, text: isStrong ? text.slice(2, -2) : text, isStrong };
    });
}

type Unnumbered = Omit<Block, 'id'>;

function blockOf(line: string): Unnumbered {
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading !== null) {
    const [, marks = '', text = ''] = heading;
    return { kind: 'heading', level: Math.min(marks.length, 3), pieces: piecesOf(text) };
  }
  if (/^(-{3,}|\*{3,})$/.test(line)) return { kind: 'rule', level: 0, pieces: [] };
  const item = /^(?:[-*]|(\d{1,3})[.)])\s+(.*)$/.exec(line);
  if (item !== null) {
    const [, number, text = ''] = item;
    return {
      kind: 'item',
      level: 0,
      pieces: piecesOf(`${number === undefined ? '•' : `${number}.`} ${text}`),
    };
  }
  const quote = /^>\s?(.*)$/.exec(line);
  if (quote !== null) return { kind: 'quote', level: 0, pieces: piecesOf(quote[1] ?? '') };
  return { kind: 'text', level: 0, pieces: piecesOf(line) };
}

const codeBlock = (lines: readonly string[]): Unnumbered => ({
  kind: 'code',
  level: 0,
  pieces: [{ id: 0, text: lines.join('\n'), isStrong: false }],
});

/** The blocks of a text. A line is a block of its own, and the lines between two fences are one. */
export function blocksOf(text: string): readonly Block[] {
  const blocks: Unnumbered[] = [];
  let code: string[] | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('```')) {
      if (code !== null) blocks.push(codeBlock(code));
      code = code === null ? [] : null;
    } else if (code !== null) code.push(line);
    else if (line.trim() !== '') blocks.push(blockOf(line.trim()));
  }
  if (code !== null) blocks.push(codeBlock(code));
  return blocks.map((block, id) => ({ id, ...block }));
}
