import * as z from 'zod';
import { event } from '../shared/event.ts';
import { UploadId } from '../shared/schemas/base.ts';
import { ReviewTarget } from '../shared/schemas/review/review.ts';

/** Somebody wrote something with a picture or a sound, and it waits. Key: `<target>:<version>:<upload>`. */
export const mediaSubmitted = event({
  name: 'media.submitted',
  version: 1,
  schema: z.object({ target: ReviewTarget, version: z.int().min(1), uploadId: UploadId }),
  example: {
    target: 'comment:cmt_01JD0000000000000000000004',
    version: 1,
    uploadId: 'upl_01JD0000000000000000000005',
  },
});
