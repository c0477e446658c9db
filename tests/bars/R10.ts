import { receiveCoupon } from '../../functions/coupons/receiveCoupon.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { givenTemplate } from '../support/given/coupon.ts';
import type { Buyer } from '../support/given/order.ts';
import { ENGINES } from '../support/keptStore.ts';
import { seeded } from '../support/seeded.ts';
import { Export } from './auditor.ts';
import { bar, lanes, shuffled } from './bar.ts';
import { storeOn } from './engineStore.ts';
import { openShop } from './shop.ts';

const AT_ONCE = 64;
/** How often a client retries when the answer says that it may. */
const AGAIN_MAX = 3;
const LOGINS_A_MINUTE = 10;

/**
 * Seen red: when `giveCoupon` does not write the stock that it takes from, every caller gets a coupon, and the audit
 * reports it (I4).
 */
export const R10 = bar({
  proves: 'of a stock that more people want than there is exactly all of it is given out, to nobody twice',
  flags: { stock: 500, claims: 2_000, users: 1_500, conflict: 0.3, commitLost: 0.1 },
  brief: { stock: 60, claims: 240, users: 180 },
  engines: ENGINES,
  run: async ({ seed, flags, engine, note }) => {
    const { stock, claims, users, conflict, commitLost } = flags;
    const shop = await openShop(seed, { conflict, commitLost }, { store: storeOn(engine) });
    const { world } = shop;
    const template = await givenTemplate(world, { stock, perUserMax: 1 });
    const people: Buyer[] = [];
    for (let n = 0; n < users; n += 1) {
      // All come from one address, and logins from one address are limited.
      if (n % LOGINS_A_MINUTE === 0) world.clock.advance(MINUTE_MS);
      people.push(await shop.buyer(`buyer${n}`));
    }
    note(`${users} people wait`);
    const callers = shuffled(
      Array.from({ length: claims }, (_, n) => people[n % users] as Buyer),
      seeded(seed),
    );
    const answers: Record<string, number> = {};
    const winners = new Set<string>();
    let repeated = 0;
    const began = performance.now();
    await lanes(callers, AT_ONCE, async ({ token, userId }) => {
      const claim = () => world.call(receiveCoupon, { templateId: template.id }, { token });
      let answer = await claim();
      for (let again = 0; again < AGAIN_MAX && answer.status === 503; again += 1) {
        repeated += 1;
        answer = await claim();
      }
      const { status, code } = answer;
      const said = `${status} ${code ?? 'ok'}`;
      answers[said] = (answers[said] ?? 0) + 1;
      if (status === 200) winners.add(userId);
    });
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const violations = await shop.audit();
    const store = await Export.of(world.ports.database.exportAll());
    const given = store.all('coupons').map((coupon) => String(coupon.userId));
    if (given.length !== stock) violations.push(`${given.length} of ${stock} were given out`);
    if (new Set(given).size !== given.length) violations.push('somebody has more than one');
    if (given.some((userId) => !winners.has(userId)) || winners.size !== given.length)
      violations.push(`${winners.size} people were told that they have one`);
    const strange = Object.keys(answers).filter((said) => !said.startsWith('200') && !said.startsWith('409'));
    if (strange.length > 0) violations.push(`answered with ${strange}`);
    const measured = { stock, claims, users, issued: given.length, answers, repeated, seconds, violations };
    return { pass: violations.length === 0 && seconds <= 60, measured };
  },
});
