/** Crockford's base 32. It lacks I, L, O and U, which are easily mistaken for 1, 1, 0 and V. */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** That many characters from the low bits of a digest (hex), five bits each. */
export function crockfordOf(digest: string, characters: number): string {
  let bits = BigInt(`0x${digest}`);
  let text = '';
  for (let count = 0; count < characters; count += 1) {
    text += CROCKFORD[Number(bits & 31n)];
    bits >>= 5n;
  }
  return text;
}
