/** The address of a file that only the platform's check is given. */
import * as z from 'zod';
import type { CheckedFile } from '../../data/review/mediaChecks.ts';
import { FETCHABLE_MS } from '../../domain/review/mediaCheck.ts';
import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { TimeMs, UploadId } from '../../schemas/base.ts';
import { ReviewTarget } from '../../schemas/review/review.ts';

const PURPOSE = 'checked-media';
const Token = z.strictObject({
  target: ReviewTarget,
  version: z.int().min(1),
  uploadId: UploadId,
  question: z.string().max(40),
  endsAtMs: TimeMs,
});

/** A file, and the question about it that the address belongs to. */
export type AskedFile = CheckedFile & { readonly question: string };

/** The address from which the platform fetches the file, for an hour. */
export function checkedMediaUrl(
  { secrets, settings }: Pick<Ports, 'secrets' | 'settings'>,
  { question, ...file }: AskedFile,
  now: TimeMs,
): string {
  const words: z.input<typeof Token> = { ...file, question, endsAtMs: now + FETCHABLE_MS };
  const token = secrets.seal(PURPOSE, JSON.stringify(words));
  return `${settings.publicUrl}/api/checked-media?token=${encodeURIComponent(token)}`;
}

/** Which file such an address opens. @throws notice.signature_invalid when it is none of ours, or its hour is over */
export function fileOfToken({ secrets }: Pick<Ports, 'secrets'>, token: string, now: TimeMs): AskedFile {
  let words: unknown;
  try {
    words = JSON.parse(secrets.open(PURPOSE, token));
  } catch (cause) {
    throw fail('notice.signature_invalid', { cause });
  }
  const { endsAtMs, ...file } = Token.parse(words);
  if (now >= endsAtMs) throw fail('notice.signature_invalid', { detail: 'its hour is over' });
  return file;
}
