import { promotionStarted } from '../../events/promotionStarted.ts';
import * as legalTexts from '../../shared/data/identity/legalTexts.ts';
import * as users from '../../shared/data/identity/users.ts';
import * as inboxes from '../../shared/data/inbox/inboxes.ts';
import { isAgreed } from '../../shared/domain/identity/legal.ts';
import { fact } from '../../shared/event.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** How many users one transaction tells. Each needs a few of its documents. */
const TOLD_AT_ONCE = 15;

/**
 * Tells those of a promotion who asked to be told of such and still agree to the text about it, a few at a time: a fact
 * of its own goes on behind the last of them.
 */
export const tellPromotion = consumer({ on: promotionStarted }, async (call) => {
  const { data, ports, now } = call;
  const { promotionId, title, untilAtMs, after } = data;
  if (untilAtMs <= now) return;
  const asked = await inboxes.optedIn(ports.database, { after, limit: TOLD_AT_ONCE });
  const current = await legalTexts.findCurrent(ports.database, 'marketing');
  const ids = asked.map(({ id }) => id);
  for (const user of await users.among(ports.database, ids)) {
    if (user.state !== 'active' || !isAgreed(user, current)) continue;
    const subject = { kind: 'promotion_started', title, untilAtMs } as const;
    await leaveMessage(call, { userId: user.id, cause: `promotion_started:${promotionId}`, subject });
  }
  const last = ids.at(-1);
  if (ids.length < TOLD_AT_ONCE || last === undefined) return;
  await call.emit(fact(promotionStarted, `${promotionId}:${last}`, { ...data, after: last }));
});
