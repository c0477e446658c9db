import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import { uploadKey, uploadUntilMs } from '../../../shared/domain/catalogue/upload.ts';
import { http } from '../../../shared/function.ts';
import { UploadAsked, UploadView } from '../../../shared/schemas/catalogue/upload.ts';

/**
 * Creates a link with which staff upload one cover or one media file straight to the storage.
 *
 * The file is sent by one `PUT` with the headers in the answer. The link works for this type and this size only: for 15
 * minutes for a cover, for six hours for media. Everybody can read a cover at `publicUrl`. Media is opened only by
 * signed links. This call stores nothing, so an unused link leaves nothing behind.
 */
export const createUpload = http(
  {
    route: 'POST /api/admin/uploads',
    auth: { may: 'upload.create' },
    input: z.strictObject({ upload: UploadAsked }),
    output: z.object({ upload: UploadView }),
    errors: [],
    cost: 'signature',
  },
  async ({ input, user, now, ports, requestId }) => {
    const { contentType, bytes, kind } = input.upload;
    const key = uploadKey(input.upload, ports.ids.make('fil'));
    const expiresAtMs = uploadUntilMs(input.upload, now);
    const isPublic = kind === 'cover';
    const link = await ports.files.uploadLink({ key, contentType, bytes, isPublic }, expiresAtMs);
    await ports.database.tx((tx) =>
      audit.append(tx, {
        id: `upload.create:${key}`,
        ...{ actorId: user.id, action: 'upload.create', target: key, reason: null, now, requestId },
        before: null,
        after: { contentType, bytes, isPublic, expiresAtMs },
      }),
    );
    const publicUrl = isPublic ? ports.files.publicUrl(key) : null;
    return { upload: { key, ...link, expiresAtMs, publicUrl } };
  },
);
