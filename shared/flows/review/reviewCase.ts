/** What a case of the queue of reviews is about. */
import { casesOf } from '../../domain/review/review.ts';
import { fail } from '../../errors.ts';
import type { Reader } from '../../ports/database.ts';
import type { Case } from '../../schemas/operations/case.ts';
import { KnownTarget, ReviewMatterKind } from '../../schemas/review/review.ts';
import { placeOf } from './reviewedKinds.ts';

/** What a case is about, as `stepReview` names it. Null for a kind that is not reviewed any more. */
export function targetOf({ id, kind }: Case): KnownTarget | null {
  const found = KnownTarget.safeParse(id.slice(kind.length + 1, id.lastIndexOf(':')));
  return found.success ? found.data : null;
}

/**
 * Refuses to close a case about something that still waits for a decision, because nobody would know of it any more.
 * @throws case.needs_decision
 */
export async function refuseIfUndecided(reader: Pick<Reader, 'find'>, one: Case): Promise<void> {
  const target = ReviewMatterKind.safeParse(one.kind).success ? targetOf(one) : null;
  if (target === null) return;
  const { place, id } = placeOf(target);
  const found = await place.find(reader, id);
  const isWaiting = ({ kind, version }: { readonly kind: string; readonly version: number }) =>
    one.id === `${kind}:${target}:${version}`;
  if (found !== null && casesOf(found).some(isWaiting)) throw fail('case.needs_decision');
}
