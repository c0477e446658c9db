import { endDrop } from '../../functions/admin/talk/endDrop.ts';
import { claimDrop } from '../../functions/talk/claimDrop.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { givenTemplate } from '../support/given/coupon.ts';
import { givenDrop } from '../support/given/drop.ts';
import type { Buyer } from '../support/given/order.ts';
import { givenStaff } from '../support/given/staff.ts';
import { ENGINES } from '../support/keptStore.ts';
import { seeded } from '../support/seeded.ts';
import { Export } from './auditor.ts';
import { bar, shuffled } from './bar.ts';
import { storeOn } from './engineStore.ts';
import { openShop } from './shop.ts';

/** How often a client retries when the answer says that it may. */
const AGAIN_MAX = 5;
const LOGINS_A_MINUTE = 10;

/**
 * It would be red when a claim does not look whether its user has one, those who call twice get two, and the audit
 * reports what the claims say; when a claim takes from what everybody may take, more than the drop's are given out.
 */
export const L12 = bar({
  proves:
    'of a drop that everybody claims at once exactly all of it is given out, one each, and the rest hears the truth',
  flags: { count: 500, claims: 5_000, users: 4_500, stock: 600, conflict: 0.3, commitLost: 0.1 },
  brief: { count: 40, claims: 240, users: 200, stock: 60 },
  engines: ENGINES,
  run: async ({ seed, flags, engine, note }) => {
    const { count, claims, users, stock, conflict, commitLost } = flags;
    const shop = await openShop(seed, { conflict, commitLost }, { store: storeOn(engine) });
    const { world } = shop;
    const people: Buyer[] = [];
    for (let n = 0; n < users; n += 1) {
      // All come from one address, and logins from one address are limited.
      if (n % LOGINS_A_MINUTE === 0) world.clock.advance(MINUTE_MS);
      people.push(await shop.buyer(`buyer${n}`));
    }
    const template = await givenTemplate(world, { stock, audience: 'drop' });
    const { id } = await givenDrop(world, { templateId: template.id, count });
    note(`${users} people wait`);
    const callers = shuffled(
      Array.from({ length: claims }, (_, n) => people[n % users] as Buyer),
      seeded(seed),
    );
    const answers: Record<string, number> = {};
    const winners = new Set<string>();
    const began = performance.now();
    await Promise.all(
      callers.map(async ({ token, userId }) => {
        const claim = () => world.call(claimDrop, { id, proof: null }, { token });
        let answer = await claim();
        for (let again = 0; again < AGAIN_MAX && answer.status === 503; again += 1) answer = await claim();
        const said = `${answer.status} ${answer.code ?? 'ok'}`;
        answers[said] = (answers[said] ?? 0) + 1;
        if (answer.status === 200) winners.add(userId);
      }),
    );
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    await world.call(endDrop, { id, reason: '结束' }, await givenStaff(world, 'finance'));
    const violations = await shop.audit();
    const store = await Export.of(world.ports.database.exportAll());
    const given = store.all('coupons').map((coupon) => String(coupon.userId));
    if (given.length !== count) violations.push(`${given.length} of ${count} were given out`);
    if (new Set(given).size !== given.length) violations.push('somebody has more than one');
    if (given.some((userId) => !winners.has(userId)) || winners.size !== given.length)
      violations.push(`${winners.size} people were told that they have one`);
    const strange = Object.keys(answers).filter((said) => said !== '200 ok' && said !== '409 drop.empty');
    if (strange.length > 0) violations.push(`answered with ${strange}`);
    const measured = { count, claims, users, issued: given.length, answers, seconds, violations };
    return { pass: violations.length === 0, measured };
  },
});
