import { couponGrantRequested } from '../../events/couponGrantRequested.ts';
import { userRegistered } from '../../events/userRegistered.ts';
import * as couponTemplates from '../../shared/data/coupons/couponTemplates.ts';
import { fact } from '../../shared/event.ts';
import { consumer } from '../../shared/function.ts';

/** The most welcome coupons that one user gets. Those that end first are taken. */
const WELCOMES_MAX = 10;
/** The most welcome templates that are read. It is more than WELCOMES_MAX, because some may only start later. */
const SEEN_MAX = 100;

/** Asks for the welcome coupons of a new user: those that could be claimed when the user registered. */
export const welcomeNewUser = consumer({ on: userRegistered }, async ({ data, ports, emit }) => {
  const { userId, registeredAtMs } = data;
  const { items } = await couponTemplates.listOpen(ports.database, {
    audiences: ['welcome'],
    now: registeredAtMs,
    limit: SEEN_MAX,
    cursor: null,
  });
  const requests = items
    .filter((template) => template.claimFromAtMs <= registeredAtMs)
    .slice(0, WELCOMES_MAX)
    .map(({ id: templateId }) =>
      fact(couponGrantRequested, `${templateId}:${userId}:welcome`, { userId, templateId, cause: 'welcome' }),
    );
  await emit(...requests);
});
