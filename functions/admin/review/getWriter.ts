import * as z from 'zod';
import * as users from '../../../shared/data/identity/users.ts';
import * as writers from '../../../shared/data/review/writers.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { writerView } from '../../../shared/flows/review/writerView.ts';
import { http } from '../../../shared/function.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';
import { WriterView } from '../../../shared/schemas/review/writer.ts';

/**
 * Shows staff what is counted of somebody who writes: what was published, what was removed and why, the flags that
 * were overturned, how far they are trusted, and until when they are silent. The audit log records who looked.
 */
export const getWriter = http(
  {
    route: 'GET /api/admin/writers/{userId}',
    auth: { may: 'content.review' },
    input: z.strictObject({ userId: UserId, reason: AnyReason }),
    output: z.object({ writer: WriterView }),
    errors: ['user.not_found'],
  },
  async ({ input: { userId, reason }, ports, ...call }) => {
    const user = await users.get(ports.database, userId);
    const stored = await writers.find(ports.database, userId);
    const writer = await writerView(ports.database, user, stored, call.now);
    await logReading({ ports, ...call }, { action: 'writer.read', target: userId, reason });
    return { writer };
  },
);
