/** How an amount is spread over lines. */

/**
 * Spreads `totalFen` over `weights` in proportion, by largest remainder. The shares are whole fen, sum to `totalFen`
 * exactly, and none exceeds its weight, so no discounted line becomes negative. Between equal remainders the earlier
 * line comes first.
 *
 * Example: 1000 over [1000, 1000, 1000] is [334, 333, 333].
 *
 * The weights are the lines' amounts, and `totalFen` is 0 … their sum. It is computed in BigInt, because fen times
 * fen exceeds the safe integers.
 * @throws RangeError for other input, which is a bug and not bad input
 */
export function allocate(totalFen: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((before, weight) => before + weight, 0);
  const isWhole = [totalFen, sum, ...weights].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!isWhole || totalFen > sum)
    throw new RangeError(`cannot spread ${totalFen} over ${weights.join(', ')}`);
  if (totalFen === 0) return weights.map(() => 0);
  const exact = weights.map((weight, index) => {
    const product = BigInt(totalFen) * BigInt(weight);
    return { index, share: Number(product / BigInt(sum)), remainder: product % BigInt(sum) };
  });
  const shares = exact.map(({ share }) => share);
  const missing = totalFen - shares.reduce((before, share) => before + share, 0);
  const byRemainder = exact.toSorted((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const { index, share } of byRemainder.slice(0, missing)) shares[index] = share + 1;
  return shares;
}
