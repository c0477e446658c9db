import * as z from 'zod';
import { event } from '../shared/event.ts';
import { TimeMs, UserId } from '../shared/schemas/base.ts';

/** Some of somebody's points end within seven days. Key: `<user>:<when they end>`. */
export const pointsEndNeared = event({
  name: 'points.end_neared',
  version: 1,
  schema: z.object({ userId: UserId, count: z.int().min(1), expiresAtMs: TimeMs }),
  example: { userId: 'usr_01JD0000000000000000000001', count: 199, expiresAtMs: 1_795_600_000_000 },
});
