import { mediaSubmitted } from '../../../events/mediaSubmitted.ts';
import { textSubmitted } from '../../../events/textSubmitted.ts';
import { type Fact, fact } from '../../event.ts';
import { UploadId } from '../../schemas/base.ts';
import type { Reviewed, ReviewTarget } from '../../schemas/review/review.ts';

/**
 * The facts to append in the transaction that stores a new version: what of it is to be checked. Each part has one, so
 * that a picture which cannot be asked about does not keep the text waiting.
 */
export function submitFacts(target: ReviewTarget, { review }: Pick<Reviewed, 'review'>): readonly Fact[] {
  const { version, waitsFor } = review;
  return waitsFor.map((part) => {
    const key = `${target}:${version}`;
    if (part === 'text') return fact(textSubmitted, key, { target, version });
    return fact(mediaSubmitted, `${key}:${part}`, { target, version, uploadId: UploadId.parse(part) });
  });
}
