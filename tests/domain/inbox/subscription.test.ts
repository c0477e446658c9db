import fc from 'fast-check';
import { newSubscription } from '../../../shared/domain/inbox/delivery.ts';
import { heardAccept, heardBlock, heardUnblock } from '../../../shared/domain/inbox/subscription.ts';
import { timeMs, UserId } from '../../../shared/schemas/base.ts';
import { HEARD_MAX, type Subscription } from '../../../shared/schemas/inbox/message.ts';

const NOW = timeMs(1_795_000_000_000);
const empty = newSubscription(UserId.parse(`usr_${'0'.repeat(26)}`), 'order', NOW);
const HEAR = { accept: heardAccept, block: heardBlock, unblock: heardUnblock } as const;
type Heard = readonly [keyof typeof HEAR, number];
const hear = (heard: readonly Heard[]): Subscription =>
  heard.reduce((before, [what, atS]) => HEAR[what](before, atS, NOW), empty);

const pushes = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom('accept', 'block', 'unblock'),
    fc.integer({ min: 1, max: 40 }),
  ) as fc.Arbitrary<Heard>,
  { maxLength: 30, selector: ([, atS]) => atS },
);
/** The same pushes in another order, some of them twice. */
const shuffled = pushes.chain((heard) =>
  fc.tuple(
    fc.constant(heard),
    fc.array(fc.nat({ max: Math.max(0, heard.length - 1) }), { maxLength: 10 }).chain((twice) => {
      const all = [...heard, ...heard.filter((_, n) => twice.includes(n))];
      return fc.shuffledSubarray(all, { minLength: all.length });
    }),
  ),
);

test('each acceptance after the last time it was switched off allows one, in any order and however often it is told', () => {
  fc.assert(
    fc.property(shuffled, ([heard, told]) => {
      const blockedAtS = Math.max(0, ...heard.flatMap(([what, atS]) => (what === 'block' ? atS : [])));
      const accepted = heard.filter(([what, atS]) => what === 'accept' && atS > blockedAtS);
      expect(hear(told).left).toBe(accepted.length);
      if (accepted.length > 0) expect(hear(told).isBlocked).toBe(false);
    }),
  );
});

test('switching it on again allows nothing by itself', () => {
  const heard = hear([
    ['accept', 1],
    ['block', 2],
    ['unblock', 3],
  ]);
  expect(heard).toMatchObject({ left: 0, isBlocked: false });
});

test('a repeat counts once, also of the oldest of very many', () => {
  const many: Heard[] = Array.from({ length: HEARD_MAX + 10 }, (_, n) => ['accept', n + 1] as const);
  const all = hear(many);
  expect(all.left).toBe(HEARD_MAX + 10);
  expect(hear([...many, ...many]).left).toBe(HEARD_MAX + 10);
});
