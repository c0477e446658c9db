/** Folding traditional Chinese to simplified, for search. */
import pairs from 'opencc-js/dict/TSCharacters';

interface Table {
  readonly simplifiedOf: ReadonlyMap<string, string>;
  readonly traditionalOf: ReadonlyMap<string, readonly string[]>;
  /** Matches every character that is written differently in simplified Chinese. */
  readonly traditional: RegExp;
}

let table: Table | null = null;

function makeTable(): Table {
  const simplifiedOf = new Map<string, string>();
  const traditionalOf = new Map<string, string[]>();
  for (const pair of pairs.split('|')) {
    const [traditional = '', simplified = ''] = pair.split(' ');
    if (traditional === simplified) continue;
    simplifiedOf.set(traditional, simplified);
    traditionalOf.set(simplified, [...(traditionalOf.get(simplified) ?? []), traditional]);
  }
  return {
    simplifiedOf,
    traditionalOf,
    traditional: new RegExp(`[${[...simplifiedOf.keys()].join('')}]`, 'gu'),
  };
}

/**
 * A text in simplified characters, replaced one by one: `數據` becomes `数据`. Words that differ by region (`軟體`, `软件`)
 * stay different words. Other text is only NFKC-normalised. The table is built at the first search and not when the
 * unit loads, because it takes some milliseconds and half a megabyte.
 */
export function simplified(text: string): string {
  table ??= makeTable();
  const { simplifiedOf, traditional } = table;
  return text.normalize('NFKC').replace(traditional, (character) => simplifiedOf.get(character) ?? character);
}

/**
 * Every way to write a simplified character, itself first. For example, `发` gives `发`, `發` and `髮`. It is for
 * searching text that is stored as it was typed.
 */
export function writingsOf(character: string): readonly string[] {
  table ??= makeTable();
  return [character, ...(table.traditionalOf.get(character) ?? [])];
}
