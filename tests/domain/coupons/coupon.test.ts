import * as fc from 'fast-check';
import {
  expireCoupon,
  lockCoupon,
  releaseCoupon,
  returnCoupon,
  seenState,
  useCoupon,
} from '../../../shared/domain/coupons/coupon.ts';
import { codeOf } from '../../../shared/errors.ts';
import { DAY_MS, OrderId, timeMs, UserId } from '../../../shared/schemas/base.ts';
import { Coupon } from '../../../shared/schemas/coupons/coupon.ts';
import { aCoupon } from '../../support/given/coupon.ts';
import { NOW, ORDER_ID, USER_ID } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const OTHER_ORDER_ID = OrderId.parse('ord_01JD0000000000000000000009');
const OTHER = UserId.parse('usr_01JD0000000000000000000009');
/** Valid from 10 until 20 milliseconds after `NOW`. */
const fresh = aCoupon({ validFromAtMs: timeMs(NOW + 10), expiresAtMs: timeMs(NOW + 20) });

type Action = 'lock' | 'use' | 'release' | 'expire';
interface Step {
  readonly action: Action;
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly now: ReturnType<typeof timeMs>;
}

const step: fc.Arbitrary<Step> = fc.record({
  action: fc.constantFrom<Action>('lock', 'use', 'release', 'expire'),
  orderId: fc.constantFrom(ORDER_ID, OTHER_ORDER_ID),
  userId: fc.oneof(
    { weight: 9, arbitrary: fc.constant(USER_ID) },
    { weight: 1, arbitrary: fc.constant(OTHER) },
  ),
  now: fc.integer({ min: 5, max: 25 }).map((after) => timeMs(NOW + after)),
});

const actions = { lock: lockCoupon, use: useCoupon, release: releaseCoupon };
const act = (coupon: Coupon, { action, ...by }: Step) =>
  action === 'expire' ? expireCoupon(coupon, by.now) : actions[action](coupon, by);

/** The expected result of a step, decided without the state machine. Null when it must be refused. */
function expected(coupon: Coupon, { action, orderId, userId, now }: Step): Coupon['state'] | null {
  const isMine = coupon.state === 'locked' && coupon.orderId === orderId;
  const hasEnded = now - NOW >= 20;
  if (action === 'use') return isMine ? 'used' : null;
  if (action === 'release') return isMine ? (hasEnded ? 'expired' : 'available') : null;
  if (coupon.state !== 'available') return null;
  if (action === 'expire') return hasEnded ? 'expired' : null;
  return userId === USER_ID && now - NOW >= 10 && !hasEnded ? 'locked' : null;
}

describe(`the coupon machine (seed ${seed})`, () => {
  test('does what it says for whatever is asked in whatever order, and refuses the rest with coupon.not_usable', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let coupon = fresh;
        let usedBy: OrderId | null = null;
        for (const one of steps) {
          const should = expected(coupon, one);
          const before = JSON.stringify(coupon);
          if (should === null) {
            let caught: unknown = null;
            expect(() => act(coupon, one)).toThrow();
            try {
              act(coupon, one);
            } catch (error) {
              caught = error;
            }
            expect(codeOf(caught)).toBe('coupon.not_usable');
            expect(JSON.stringify(coupon)).toBe(before);
            continue;
          }
          coupon = act(coupon, one);
          expect(Coupon.parse(coupon)).toEqual(coupon);
          expect(coupon).toMatchObject({ state: should, updatedAtMs: one.now });
          expect(coupon.orderId === null).toBe(should === 'available' || should === 'expired');
          if (should === 'used') {
            expect(usedBy).toBeNull();
            usedBy = one.orderId;
          }
        }
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });

  test('a used coupon stays used and an expired one expired', () => {
    fc.assert(
      fc.property(fc.constantFrom('used', 'expired'), step, (state, one) => {
        const ended = { ...fresh, state, orderId: state === 'used' ? one.orderId : null } as const;
        expect(() => act(ended, one)).toThrow('coupon.not_usable');
      }),
      { seed },
    );
  });
});

test('a coupon that comes back late is good for seven days more, once: another refund leaves its end as it is', () => {
  const round = (coupon: Coupon, orderId: OrderId, at: number) => {
    const by = { orderId, userId: USER_ID, now: timeMs(at) };
    return returnCoupon(useCoupon(lockCoupon(coupon, by), by), by);
  };
  const once = round(aCoupon(), ORDER_ID, NOW + DAY_MS - 1);
  expect(once).toMatchObject({ state: 'available', expiresAtMs: NOW + 8 * DAY_MS - 1 });
  const twice = round(once, ORDER_ID, NOW + 7 * DAY_MS);
  expect(twice.expiresAtMs).toBe(once.expiresAtMs);
  expect(seenState(twice, timeMs(once.expiresAtMs))).toBe('expired');
  // A coupon that comes back early keeps its end. A later return can still lengthen it.
  const early = round(aCoupon({ expiresAtMs: timeMs(NOW + 30 * DAY_MS) }), ORDER_ID, NOW);
  expect(early.expiresAtMs).toBe(NOW + 30 * DAY_MS);
  expect(round(early, ORDER_ID, NOW + 29 * DAY_MS).expiresAtMs).toBe(NOW + 36 * DAY_MS);
});

test('a locked coupon never expires under its order: it can be used after its end', () => {
  const orderId = ORDER_ID;
  const locked = lockCoupon(fresh, { orderId, userId: USER_ID, now: timeMs(NOW + 19) });
  expect(() => expireCoupon(locked, timeMs(NOW + 30))).toThrow('coupon.not_usable');
  expect(seenState(locked, timeMs(NOW + 30))).toBe('locked');
  expect(useCoupon(locked, { orderId, now: timeMs(NOW + 30) }).state).toBe('used');
});

test('a coupon past its end is seen as expired before that is written down', () => {
  expect(seenState(fresh, timeMs(NOW + 19))).toBe('available');
  expect(seenState(fresh, timeMs(NOW + 20))).toBe('expired');
});
