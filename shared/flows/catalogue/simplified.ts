/** Traditional and simplified Chinese as one, for search. */
import pairs from 'opencc-js/dict/TSCharacters';

interface Table {
  readonly simplifiedOf: ReadonlyMap<string, string>;
  /** Every character that is written otherwise in simplified Chinese: most of a text is none. */
  readonly traditional: RegExp;
}

let table: Table | null = null;

function makeTable(): Table {
  const simplifiedOf = new Map<string, string>();
  for (const pair of pairs.split('|')) {
    const [traditional = '', simplified = ''] = pair.split(' ');
    if (traditional !== simplified) simplifiedOf.set(traditional, simplified);
  }
  return { simplifiedOf, traditional: new RegExp(`[${[...simplifiedOf.keys()].join('')}]`, 'gu') };
}

/**
 * A text in simplified characters, one for one: `數據` is `数据`. Words that regions say differently (`軟體`, `软件`)
 * stay different words. What is not Chinese stays as it is, after NFKC. The table is read when the first search comes
 * and not when the unit is loaded: it takes some milliseconds and half a megabyte.
 */
export function simplified(text: string): string {
  table ??= makeTable();
  const { simplifiedOf, traditional } = table;
  return text.normalize('NFKC').replace(traditional, (character) => simplifiedOf.get(character) ?? character);
}
