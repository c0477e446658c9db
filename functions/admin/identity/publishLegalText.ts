import * as z from 'zod';
import * as legalTexts from '../../../shared/data/identity/legalTexts.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { legalTextRow, publishedBefore, publishText } from '../../../shared/domain/identity/legal.ts';
import { http } from '../../../shared/function.ts';
import { LegalTextDraft, LegalTextRow, LegalVersion } from '../../../shared/schemas/identity/legal.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Publishes a text that people agree to. It takes the place of the version that staff saw in force (`replaces`).
 *
 * A published text never changes. With `asksAgain` everybody is asked anew. Without it, who agreed to the version
 * before still agrees. A repeat with the same version and the same words answers the same text.
 */
export const publishLegalText = http(
  {
    route: 'POST /api/admin/legal/{kind}',
    auth: { may: 'compliance.manage', secondFactor: 'fresh' },
    input: z.strictObject({
      ...LegalTextDraft.shape,
      replaces: LegalVersion.nullable(),
      reason: Reason,
    }),
    output: z.object({ text: LegalTextRow }),
    errors: ['legal.version_taken', 'legal.version_changed'],
  },
  async ({ input: { replaces, reason, ...draft }, user, now, ports, requestId }) => {
    const digest = legalTexts.digestOf(draft);
    const published = await ports.database.tx(async (tx) => {
      const before = await legalTexts.find(tx, draft);
      if (before !== null) return publishedBefore(before, draft, digest);
      const current = await legalTexts.findCurrent(tx, draft.kind);
      const { text, next } = publishText(draft, { digest, current, replaces, by: user.id, now });
      await legalTexts.publish(tx, text, current, next);
      await audit.append(tx, {
        ...{ id: `legal.publish:${text.id}`, actorId: user.id, action: 'legal.publish', target: text.id },
        ...{ reason, before: { version: replaces }, after: legalTextRow(text), now, requestId },
      });
      return text;
    });
    return { text: legalTextRow(published) };
  },
);
