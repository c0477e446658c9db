import * as z from 'zod';
import { event } from '../shared/event.ts';
import { UserId } from '../shared/schemas/base.ts';
import { Day } from '../shared/schemas/books/journal.ts';

/** Somebody gained at least 50 points on a day. Key: `<user>:<day>`. */
export const pointsGained = event({
  name: 'points.gained',
  version: 1,
  schema: z.object({ userId: UserId, day: Day, count: z.int().min(1) }),
  example: { userId: 'usr_01JD0000000000000000000001', day: '2026-11-30', count: 199 },
});
