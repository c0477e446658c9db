import * as z from 'zod';
import * as subscriptions from '../../shared/data/inbox/subscriptions.ts';
import { toAsk, wantedAt } from '../../shared/domain/inbox/asking.ts';
import { isTemplateOn } from '../../shared/flows/inbox/sendOutside.ts';
import { http } from '../../shared/function.ts';
import { AskingPlace, Subscribable } from '../../shared/schemas/inbox/message.ts';

/**
 * Lists the templates that the caller may be asked for in one tap, at most three: those of the place that they have not
 * switched off, and of which they do not allow enough already. The phone asks with their ids.
 */
export const listSubscribable = http(
  {
    route: 'GET /api/me/subscribable',
    auth: 'member',
    input: z.strictObject({ place: AskingPlace }),
    output: Subscribable,
    errors: [],
  },
  async ({ input: { place }, user, ports }) => {
    const { templates, subscribeAnswers } = ports.settings;
    const own = await subscriptions.among(ports.database, user.id, wantedAt(place));
    const asked = toAsk(wantedAt(place), own).flatMap((kind) => ({ kind, template: templates[kind] }));
    const found: { kind: (typeof asked)[number]['kind']; templateId: string }[] = [];
    for (const { kind, template } of asked) {
      if (template !== undefined && (await isTemplateOn(ports.database, kind, template)))
        found.push({ kind, templateId: template.id });
    }
    return { templates: found, needsReport: subscribeAnswers === 'phone' };
  },
);
