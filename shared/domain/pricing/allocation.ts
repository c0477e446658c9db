/** How an amount is spread over the lines it belongs to. */

/**
 * Spreads `totalFen` over `weights` in proportion, by largest remainder: the shares are whole fen, sum to `totalFen`
 * exactly, and none is above its weight, so that a line a discount is spread over never goes below zero. Of equal
 * remainders the earlier line comes first.
 *
 * The weights are the lines' amounts; `totalFen` is 0 … their sum. Computed in BigInt: fen times fen leaves the safe
 * integers. @throws RangeError outside of that: a broken rule, not bad input.
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
