import * as z from 'zod';
import { hearAnswers } from '../../shared/flows/inbox/hearAnswers.ts';
import { http } from '../../shared/function.ts';
import { TimeMs } from '../../shared/schemas/base.ts';
import { ASKED_MAX } from '../../shared/schemas/inbox/message.ts';
import { TemplateKind } from '../../shared/schemas/inbox/template.ts';

/**
 * Takes what the caller's phone says that they accepted. It counts only in a shop that receives no pushes of WeChat,
 * which are the truth about it. A repeat with the same moment counts once.
 */
export const reportSubscriptions = http(
  {
    route: 'POST /api/me/subscriptions',
    auth: 'member',
    input: z.strictObject({ accepted: z.array(TemplateKind).max(ASKED_MAX), atMs: TimeMs }),
    output: z.object({ isCounted: z.boolean() }),
    errors: [],
    limit: { max: 10, windowMs: 60_000 },
  },
  async ({ input: { accepted, atMs }, user, now, ports }) => {
    if (ports.settings.subscribeAnswers === 'push') return { isCounted: false };
    const atS = Math.floor(Math.min(atMs, now) / 1_000);
    for (const template of new Set(accepted))
      await hearAnswers(ports.database, { userId: user.id, template, answer: 'accept', atS, now });
    return { isCounted: true };
  },
);
