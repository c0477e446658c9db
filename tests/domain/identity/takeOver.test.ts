import fc from 'fast-check';
import { joinedCart, takenOver, whyNotTaken, withWechat } from '../../../shared/domain/identity/takeOver.ts';
import { newUser } from '../../../shared/domain/identity/user.ts';
import { ProductId, timeMs, UserId } from '../../../shared/schemas/base.ts';
import { Role } from '../../../shared/schemas/identity/user.ts';
import type { Cart } from '../../../shared/schemas/orders/cart.ts';
import { LINES_MAX } from '../../../shared/schemas/orders/order.ts';

const NOW = timeMs(1_760_000_000_000);
const userOf = (last: string, openid: string | null) =>
  newUser({
    ...{ id: UserId.parse(`usr_01JD000000000000000000000${last}`), nickname: null, role: 'learner' },
    ...{ openid, now: NOW },
  });
const taker = userOf('1', null);
const taken = userOf('2', 'oALICE-000000000000000000000');

const carts = fc
  .uniqueArray(fc.integer({ min: 10, max: 60 }), { maxLength: LINES_MAX })
  .map((numbers): Cart['items'] =>
    numbers.map((n) => ({ productId: ProductId.parse(`prd_01JD00000000000000000000${n}`), addedAtMs: NOW })),
  );

describe('taking a user over', () => {
  test('only a learner who is let in, has nothing and has no other way in is taken over', () => {
    fc.assert(
      fc.property(
        fc.record({
          role: fc.constantFrom(...Role.options),
          state: fc.constantFrom('active' as const, 'banned' as const),
          isOwner: fc.boolean(),
        }),
        fc.record({ hasAny: fc.boolean(), hasUserName: fc.boolean() }),
        (is, has) => {
          const mayBe =
            is.role === 'learner' && is.state === 'active' && !is.isOwner && !has.hasAny && !has.hasUserName;
          expect(whyNotTaken({ ...taken, ...is }, has) === null).toBe(mayBe);
        },
      ),
    );
  });

  test('the WeChat account is at one of the two, and the sessions of the other end', () => {
    const [to, from] = [withWechat(taker, taken.openid ?? '', NOW), takenOver(taken, taker, NOW)];
    expect([to.openid, from.openid]).toEqual([taken.openid, null]);
    expect(to.sessionGeneration).toBe(taker.sessionGeneration);
    expect(from).toMatchObject({ sessionGeneration: taken.sessionGeneration + 1, takenOverBy: taker.id });
  });

  test('the carts are joined: each product once, the taker’s own first and all of them, as much as a cart holds', () => {
    fc.assert(
      fc.property(carts, carts, (own, others) => {
        const before = own.length === 0 ? null : { id: taker.id, items: own, updatedAtMs: NOW };
        const joined = joinedCart(before, { id: taken.id, items: others, updatedAtMs: NOW }, taker, NOW);
        const items = joined?.items ?? [];
        const ids = items.map(({ productId }) => productId);
        expect(items.slice(0, own.length)).toEqual(own);
        const wanted = new Set([...own, ...others].map(({ productId }) => productId));
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toHaveLength(Math.min(LINES_MAX, wanted.size));
        if (ids.length === own.length) expect(joined).toBe(before);
      }),
    );
  });
});
