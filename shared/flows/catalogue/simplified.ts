/** Traditional and simplified Chinese as one, for search. */
import pairs from 'opencc-js/dict/TSCharacters';

let table: ReadonlyMap<string, string> | null = null;

/** Read when the first search comes and not when the unit is loaded: it takes a millisecond and half a megabyte. */
function simplifiedOf(): ReadonlyMap<string, string> {
  table ??= new Map(
    pairs.split('|').map((pair): [string, string] => {
      const [traditional = '', simplified = ''] = pair.split(' ');
      return [traditional, simplified];
    }),
  );
  return table;
}

/**
 * A text in simplified characters, one for one: `數據` is `数据`. Words that regions say differently (`軟體`, `软件`)
 * stay different words. What is not Chinese stays as it is, after NFKC.
 */
export function simplified(text: string): string {
  const of = simplifiedOf();
  return text.normalize('NFKC').replace(/\p{Script=Han}/gu, (character) => of.get(character) ?? character);
}
