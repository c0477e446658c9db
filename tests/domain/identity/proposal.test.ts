import fc from 'fast-check';
import {
  approve,
  makeValue,
  PROPOSAL_MS,
  type Proposed,
  propose,
  use,
} from '../../../shared/domain/identity/proposal.ts';
import { newUser } from '../../../shared/domain/identity/user.ts';
import { DAY_MS, timeMs, UserId } from '../../../shared/schemas/base.ts';
import type { ValueMade } from '../../../shared/schemas/identity/proposal.ts';
import type { Role } from '../../../shared/schemas/identity/user.ts';

const userId = UserId.parse('usr_01JD0000000000000000000001');
const other = UserId.parse('usr_01JD0000000000000000000002');
const third = UserId.parse('usr_01JD0000000000000000000003');
const now = timeMs(1_764_000_000_000);
const asked: Proposed = {
  id: `prp_${'0'.repeat(32)}`,
  userId,
  action: 'points.adjust',
  kind: 'points',
  value: 7,
  request: '{}',
  digest: 'a'.repeat(64),
};
const user = (id: UserId, role: Role) => newUser({ id, nickname: null, role, openid: null, now });

test('the value of a day never exceeds the limit, and what fits the limit succeeds', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 }), (values) => {
      let made: ValueMade | null = null;
      let sum = 0;
      for (const value of values) {
        const after: ValueMade | null = makeValue(made, { userId, kind: 'points', value, now }, 100);
        expect(after !== null).toBe(sum + value <= 100);
        if (after === null) continue;
        sum += value;
        made = after;
        expect(made.made).toBe(sum);
      }
    }),
  );
});

test('the days are those of Shanghai', () => {
  const idAt = (iso: string) =>
    makeValue(null, { userId, kind: 'points', value: 1, now: timeMs(Date.parse(iso)) }, 1)?.id;
  expect(idAt('2026-11-29T15:59:59.999Z')).toBe(`${userId}:2026-11-29:points`);
  expect(idAt('2026-11-29T16:00:00.000Z')).toBe(`${userId}:2026-11-30:points`);
});

test('an approval allows exactly the approved request, once, and before its end', () => {
  const waiting = propose(null, asked, now);
  expect(use(waiting, asked, now)).toBeNull();
  const approved = approve(waiting, user(other, 'finance'), now);
  expect(use(approved, { ...asked, digest: 'b'.repeat(64) }, now)).toBeNull();
  expect(use(approved, { ...asked, value: 8 }, now)).toBeNull();
  expect(use(approved, { ...asked, kind: 'accessFen' }, now)).toBeNull();
  expect(use(approved, asked, timeMs(now + PROPOSAL_MS))).toBeNull();
  const used = use(approved, asked, now);
  expect(used?.state).toBe('used');
  expect(use(used, asked, now)).toBeNull();
});

test('approving again by the same person changes nothing, nobody else can approve, and a used proposal starts anew', () => {
  const approved = approve(propose(null, asked, now), user(other, 'finance'), now);
  expect(approve(approved, user(other, 'finance'), now)).toBe(approved);
  expect(() => approve(approved, user(third, 'admin'), now)).toThrow('proposal.not_open');
  const used = use(approved, asked, now);
  if (used === null) throw new Error('not used');
  expect(() => approve(used, user(third, 'admin'), now)).toThrow('proposal.not_open');
  expect(approve(used, user(other, 'finance'), now)).toBe(used);
  expect(propose(used, asked, now).state).toBe('waiting');
});

test('the same request again is the same proposal; another request, or one after its end, needs a new approval', () => {
  const approved = approve(propose(null, asked, now), user(other, 'admin'), now);
  expect(propose(approved, asked, now)).toBe(approved);
  expect(propose(approved, { ...asked, digest: 'b'.repeat(64) }, now).state).toBe('waiting');
  expect(propose(approved, asked, timeMs(now + DAY_MS)).state).toBe('waiting');
});

test('only another active member of staff with the same permission can approve', () => {
  const waiting = propose(null, asked, now);
  expect(() => approve(waiting, user(userId, 'admin'), now)).toThrow('staff.not_yourself');
  for (const role of ['learner', 'editor'] as const) {
    expect(() => approve(waiting, user(other, role), now)).toThrow('auth.forbidden');
  }
  const banned = { ...user(other, 'admin'), state: 'banned' as const };
  expect(() => approve(waiting, banned, now)).toThrow('auth.forbidden');
  expect(() => approve(waiting, user(other, 'admin'), timeMs(now + PROPOSAL_MS))).toThrow(
    'proposal.not_open',
  );
});
