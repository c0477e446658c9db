/** What a difference between the rail's bill and our books comes to. Sums are whole fen. */
import type { Case, StoredDifference } from '../../client/types.ts';

/** The key in the address, `wxpay~2026-11-30`, as what is asked; null for another text. */
export function dayOf(key: string): { readonly rail: 'wxpay' | 'xpay'; readonly day: string } | null {
  const found = /^(wxpay|xpay)~(\d{4}-\d\d-\d\d)$/.exec(key);
  const [, rail, day = ''] = found ?? [];
  return rail === 'wxpay' || rail === 'xpay' ? { rail, day } : null;
}

/** How much more the bill has than our books; null where one side has no sum. */
export function gapFen({ oursFen, billFen }: Pick<StoredDifference, 'oursFen' | 'billFen'>): number | null {
  return oursFen === null || billFen === null ? null : billFen - oursFen;
}

/** The id of the case that was opened for a difference. */
export function caseIdOf({ id }: Pick<StoredDifference, 'id'>): string {
  return `reconciliation:${id}`;
}

/** The case of a difference among those that were read; null when it is not among them. */
export function caseOf(difference: Pick<StoredDifference, 'id'>, cases: readonly Case[]): Case | null {
  return cases.find(({ id }) => id === caseIdOf(difference)) ?? null;
}

/** Open ones before those that were put right, each in the order in which they were found. */
export function inOrder(differences: readonly StoredDifference[]): readonly StoredDifference[] {
  const rank = ({ state }: StoredDifference) => (state === 'open' ? 0 : 1);
  return [...differences].sort((one, other) => rank(one) - rank(other) || one.foundAtMs - other.foundAtMs);
}
