import * as z from 'zod';
import * as uploads from '../../shared/data/review/uploads.ts';
import { askedBefore, newUpload, SENDING_MS } from '../../shared/domain/review/learnerUpload.ts';
import { http } from '../../shared/function.ts';
import { DAY_MS, timeMs, UploadId } from '../../shared/schemas/base.ts';
import {
  LEARNER_FILE_BYTES_MAX,
  LearnerFileType,
  LearnerUploadView,
} from '../../shared/schemas/review/learnerUpload.ts';

/**
 * Asks for a link with which the caller uploads one picture or one sound straight to the storage, to use it in what
 * they write within a day.
 *
 * The file is private, and stays so: others read it by signed links once it has passed its check. The link works for
 * this type and this size only, for 15 minutes, and never replaces a file. The client makes the id: a repeat with the
 * same id and file gets a new link, within that day. An upload that nothing uses ends after two days, with its file.
 */
export const requestUpload = http(
  {
    route: 'POST /api/uploads',
    auth: 'member',
    input: z.strictObject({
      id: UploadId,
      contentType: LearnerFileType,
      bytes: z.int().min(1).max(LEARNER_FILE_BYTES_MAX),
    }),
    output: z.object({ upload: LearnerUploadView }),
    errors: ['upload.id_taken'],
    cost: 'signature',
    limit: { max: 100, windowMs: DAY_MS, isExact: true },
  },
  async ({ input, user, now, ports }) => {
    const wanted = { ...input, userId: user.id };
    const { key, contentType, bytes } = await ports.database.tx(async (tx) => {
      const before = await uploads.find(tx, input.id);
      const after = before === null ? newUpload(wanted, now) : askedBefore(before, wanted, now);
      await uploads.save(tx, before, after);
      return after;
    });
    const expiresAtMs = timeMs(now + SENDING_MS);
    const link = await ports.files.uploadLink({ key, contentType, bytes, isPublic: false }, expiresAtMs);
    return { upload: { id: input.id, ...link, expiresAtMs } };
  },
);
