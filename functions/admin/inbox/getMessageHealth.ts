import * as z from 'zod';
import * as messages from '../../../shared/data/inbox/messages.ts';
import { countByOutcome } from '../../../shared/domain/inbox/health.ts';
import { http } from '../../../shared/function.ts';
import { DAY_MS, timeMs } from '../../../shared/schemas/base.ts';
import { MessageHealth, MessageState } from '../../../shared/schemas/inbox/message.ts';

/** How far it looks back. What still waits is seen whenever it is due. */
const LOOKED_BACK_MS = DAY_MS;
/** The most messages of a state that are counted. */
const COUNTED_MAX = 1_000;

/**
 * Counts the messages of the last 24 hours by kind, by where they are on their way outside, and by WeChat's code or our
 * own rule; at most a thousand in each state.
 */
export const getMessageHealth = http(
  {
    route: 'GET /api/admin/messages/health',
    auth: { may: 'case.view' },
    input: z.strictObject({}),
    output: MessageHealth,
    errors: [],
  },
  async ({ now, ports }) => {
    const fromMs = timeMs(now - LOOKED_BACK_MS);
    const found = await Promise.all(
      MessageState.options.map((state) =>
        messages.inState(ports.database, state, { fromMs, limit: COUNTED_MAX }),
      ),
    );
    return {
      sinceAtMs: fromMs,
      rows: [...countByOutcome(found.flat())],
      isCut: found.some(({ length }) => length === COUNTED_MAX),
    };
  },
);
