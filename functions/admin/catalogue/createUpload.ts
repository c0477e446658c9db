import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import { uploadKey, uploadUntilMs } from '../../../shared/domain/catalogue/upload.ts';
import { http } from '../../../shared/function.ts';
import { UploadAsked, UploadView } from '../../../shared/schemas/catalogue/upload.ts';

/**
 * Creates a link by which staff store one cover or one file of media, straight in the storage: by one `PUT` with the
 * headers given. It is good for this type and this size only, for a quarter of an hour (a cover) or six hours.
 *
 * A cover is for everybody to read at `publicUrl`; media is opened by signed links alone. Nothing is stored here: a link
 * that nobody uses leaves nothing behind.
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
