/** A redeem code while somebody types it. */

const CHARACTERS = 16;
const GROUP = 4;

/** What counts of what was typed: letters and digits in capitals, O read as 0, I and L as 1, sixteen at most. */
export function plainCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
    .replace(/[^0-9A-HJKMNP-TV-Z]/g, '')
    .slice(0, CHARACTERS);
}

/** The code in groups of four, as it is printed. */
export function groupedCode(typed: string): string {
  const code = plainCode(typed);
  const groups = Array.from({ length: Math.ceil(code.length / GROUP) }, (_, index) =>
    code.slice(index * GROUP, (index + 1) * GROUP),
  );
  return groups.join('-');
}

/** Whether all of a code was typed. */
export function isWholeCode(typed: string): boolean {
  return plainCode(typed).length === CHARACTERS;
}
