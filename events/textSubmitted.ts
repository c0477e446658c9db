import * as z from 'zod';
import { event } from '../shared/event.ts';
import { ReviewTarget } from '../shared/schemas/review/review.ts';

/** Somebody wrote or edited something with words, and it waits for its check. Key: `<target>:<version>`. */
export const textSubmitted = event({
  name: 'text.submitted',
  version: 1,
  schema: z.object({ target: ReviewTarget, version: z.int().min(1) }),
  example: { target: 'comment:cmt_01JD0000000000000000000004', version: 1 },
});
