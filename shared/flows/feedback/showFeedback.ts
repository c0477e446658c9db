import * as uploads from '../../data/review/uploads.ts';
import type { Ports } from '../../ports/ports.ts';
import { HOUR_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Feedback, StaffFeedbackView } from '../../schemas/feedback/feedback.ts';

/** Feedback as staff see it, with links of an hour to its pictures, in one read of what is known of them. */
export async function showFeedback(
  { database, files }: Pick<Ports, 'database' | 'files'>,
  some: readonly Feedback[],
  now: TimeMs,
): Promise<StaffFeedbackView[]> {
  const found = await uploads.among(
    database,
    some.flatMap(({ images }) => images),
  );
  const signed = await Promise.all(
    found.map(async ({ id, key }) => [id, await files.signedUrl(key, timeMs(now + HOUR_MS))] as const),
  );
  const links = new Map(signed);
  return some.map(({ images, ...feedback }) => ({
    ...feedback,
    imageUrls: images.flatMap((id) => links.get(id) ?? []),
  }));
}
