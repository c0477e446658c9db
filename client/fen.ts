/** Sums of money as people write them. One yuan is 100 fen. Nothing here goes through a fraction. */

/** ¥ with two decimals and groups of three, as `¥12,345.60`; a sum that goes out has its sign before it. */
export function yuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${fen < 0 ? '-' : ''}¥${whole}.${digits.slice(-2)}`;
}

/** As `yuan`, without decimals when they are zero: for prices in a list. */
export function shortYuan(fen: number): string {
  return yuan(fen).replace(/\.00$/, '');
}

/** The fen of a sum that somebody typed, such as `12`, `12.5` or `1,200.00`; null when it is not a sum of money. */
export function fenOf(text: string): number | null {
  const found = /^[¥\uffe5]?(\d{1,10}|\d{1,3}(?:[,\uff0c]\d{3}){1,3})(?:[.\u3002](\d{1,2}))?$/.exec(
    text.trim(),
  );
  if (found === null) return null;
  const [, whole = '', decimals = ''] = found;
  return Number(`${whole.replace(/[,\uff0c]/g, '')}${decimals.padEnd(2, '0')}`);
}
