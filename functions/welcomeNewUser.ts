import { couponGrantRequested } from '../events/couponGrantRequested.ts';
import { userRegistered } from '../events/userRegistered.ts';
import * as couponTemplates from '../shared/data/couponTemplates.ts';
import { fact } from '../shared/event.ts';
import { consumer } from '../shared/function.ts';

/** How many welcome coupons one user gets at most: those that end first. */
const WELCOMES_MAX = 10;

/** Asks for the welcome coupons of a new user: those that were open when the user registered. */
export const welcomeNewUser = consumer({ on: userRegistered }, async ({ data, ports, emit }) => {
  const { userId, registeredAtMs } = data;
  const { items } = await couponTemplates.listOpen(ports.database, {
    audiences: ['welcome'],
    now: registeredAtMs,
    limit: WELCOMES_MAX,
    cursor: null,
  });
  const requests = items
    .filter((template) => template.claimFromAtMs <= registeredAtMs)
    .map(({ id: templateId }) =>
      fact(couponGrantRequested, `${templateId}:${userId}:welcome`, { userId, templateId, cause: 'welcome' }),
    );
  await emit(...requests);
});
