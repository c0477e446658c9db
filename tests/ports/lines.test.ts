import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { linesIn, sha1Of } from '../../shared/adapters/process/lines.ts';
import type { Loop } from '../../shared/ports/loop.ts';
import { endlessTurn } from '../support/clock.ts';

/** A loop that has to turn each time that it is asked. It counts how often. */
function eagerLoop() {
  let turns = 0;
  const loop: Loop = {
    giveWay: () => {
      turns += 1;
      return Promise.resolve();
    },
  };
  return { loop, turns: () => turns };
}

async function read(text: string, ...begins: [((bytes: Buffer, at: number) => boolean)?]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesIn(Buffer.from(text), endlessTurn, ...begins)) lines.push(line);
  return lines;
}

const texts = fc.array(fc.constantFrom('\r\n', '\n', '\r', '`', '\uFEFF', '课', 'a', ''), { maxLength: 30 });

describe('the lines of a file', () => {
  test('are those of its text, whatever their ends, without a byte order mark', () =>
    fc.assert(
      fc.asyncProperty(texts, async (pieces) => {
        const text = pieces.join('');
        expect(await read(text)).toEqual(text.replace(/^\uFEFF/, '').split(/\r?\n/));
      }),
    ));

  test('begin only where they may', () =>
    fc.assert(
      fc.asyncProperty(texts, async (pieces) => {
        const text = pieces.join('');
        const lines = await read(text, (bytes, at) => bytes[at] === 0x60);
        expect(lines).toEqual(text.replace(/^\uFEFF/, '').split(/\r?\n(?=`)/));
      }),
    ));

  test('give way to the event loop, one by one', async () => {
    const { loop, turns } = eagerLoop();
    for await (const _ of linesIn(Buffer.from('a\n'.repeat(1_000)), loop));
    expect(turns()).toBe(1_000);
  });
});

test('the digest of a file is that of its whole, and is made piece by piece', async () => {
  const { loop, turns } = eagerLoop();
  const file = Buffer.alloc(3_500_000, '知课');
  expect(await sha1Of(file, loop)).toBe(createHash('sha1').update(file).digest('hex'));
  expect(turns()).toBe(4);
  expect(await sha1Of(Buffer.alloc(0), loop)).toBe(createHash('sha1').digest('hex'));
});
