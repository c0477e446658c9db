import fc from 'fast-check';
import * as users from '../../../shared/data/identity/users.ts';
import { profileWritten, withProfile, writeProfile } from '../../../shared/domain/identity/profile.ts';
import { madeNickname, newUser } from '../../../shared/domain/identity/user.ts';
import {
  appeal,
  decide,
  giveUpChecking,
  hide,
  takeVerdict,
  type Verdict,
} from '../../../shared/domain/review/review.ts';
import { AppError } from '../../../shared/errors.ts';
import { type TimeMs, timeMs, UserId } from '../../../shared/schemas/base.ts';
import type { Profile } from '../../../shared/schemas/identity/profile.ts';
import { User } from '../../../shared/schemas/identity/user.ts';
import type { ReviewDecision } from '../../../shared/schemas/review/review.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const STAFF = UserId.parse('usr_01JD0000000000000000000098');
const OTHER = UserId.parse('usr_01JD0000000000000000000097');
const USER = newUser({ id: USER_ID, nickname: null, role: 'learner', openid: 'o', now: NOW });

type Act =
  | { readonly kind: 'choose'; readonly name: string }
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly ofVersion: number }
  | { readonly kind: 'decide'; readonly decision: ReviewDecision; readonly isOther: boolean }
  | { readonly kind: 'appeal' | 'silence' | 'hide' };

const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('choose' as const), name: fc.constantFrom('甲', '乙', '丙', '丁') }),
    fc.record({
      kind: fc.constant('verdict' as const),
      verdict: fc.constantFrom<Verdict>('pass', 'pass', 'review', 'risky'),
      ofVersion: fc.nat(2),
    }),
    fc.record({
      kind: fc.constant('decide' as const),
      decision: fc.constantFrom<ReviewDecision>('approve', 'reject', 'keep', 'remove'),
      isOther: fc.boolean(),
    }),
    fc.record({ kind: fc.constantFrom('appeal' as const, 'silence' as const, 'hide' as const) }),
  ),
  { maxLength: 30 },
);

function act(profile: Profile | null, one: Act, now: TimeMs): Profile | null {
  if (one.kind === 'choose') {
    const written = profileWritten(profile, USER, { nickname: one.name });
    return writeProfile(profile, { user: USER, written, doubts: [] }, now);
  }
  if (profile === null) return null;
  if (one.kind === 'verdict') {
    const version = profile.review.version - one.ofVersion;
    const said = { version, part: 'text', verdict: one.verdict, label: null, cause: 'check:1' } as const;
    return takeVerdict(profile, said, now);
  }
  if (one.kind === 'decide') {
    const by = one.isOther ? OTHER : STAFF;
    return decide(profile, { decision: one.decision, version: profile.review.version, by }, now);
  }
  if (one.kind === 'hide') return hide(profile, STAFF);
  return one.kind === 'appeal' ? appeal(profile, now) : giveUpChecking(profile, now);
}

function tried(profile: Profile | null, one: Act, now: TimeMs): Profile | null {
  try {
    return act(profile, one, now);
  } catch (caught) {
    if (caught instanceof AppError) return profile;
    throw caught;
  }
}

describe('what others see of a profile', () => {
  test('is a name that passed or that staff let pass, or one made from the id: nothing unchecked is ever shown', () => {
    fc.assert(
      fc.property(acts, (chosen) => {
        let profile: Profile | null = null;
        let user = USER;
        const passed = new Set<number>();
        const names = new Map<number, string | null>();
        for (const [at, one] of chosen.entries()) {
          const before: Profile | null = profile;
          profile = tried(profile, one, timeMs(NOW + at));
          if (profile === null) continue;
          const { version } = profile.review;
          names.set(version, profile.newest.title);
          const isSaid = one.kind === 'verdict' && one.verdict === 'pass' && one.ofVersion === 0;
          const isLet = one.kind === 'decide' && one.decision === 'approve';
          if (profile !== before && (isSaid || isLet)) passed.add(version);
          user = withProfile(user, profile, null, timeMs(NOW + at));
          const allowed = [...passed].map((each) => names.get(each));
          expect([madeNickname(USER_ID), ...allowed]).toContain(user.nickname);
          if (['removed'].includes(profile.review.state)) expect(user.nickname).toBe(madeNickname(USER_ID));
        }
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });

  test('is the newest version once that has passed', () => {
    let profile = tried(null, { kind: 'choose', name: '甲' }, NOW);
    profile = tried(profile, { kind: 'verdict', verdict: 'pass', ofVersion: 0 }, NOW);
    if (profile === null) throw new Error('no profile');
    expect(withProfile(USER, profile, null, NOW)).toMatchObject({ nickname: '甲', avatarKey: null });
    expect(withProfile({ ...USER, nickname: '甲' }, profile, null, NOW).updatedAtMs).toBe(NOW);
  });
});

describe('users from before names were checked', () => {
  const upgraded = (stored: object) => {
    const { avatarKey: _, uncheckedNickname: __, ...user } = USER;
    return User.parse(
      users.collection.upgrade?.({ ...user, avatarUrl: 'https://a.example/1.png', ...stored }, 5),
    );
  };

  test('a learner keeps their name for themselves, and others see one made from the id', () => {
    expect(upgraded({ nickname: '小爱' })).toMatchObject({
      ...{ nickname: madeNickname(USER_ID), uncheckedNickname: '小爱', avatarKey: null },
    });
  });

  test('a made name, and the name that the shop gave to staff, stay; so do consents', () => {
    expect(upgraded({})).toMatchObject({ nickname: madeNickname(USER_ID), uncheckedNickname: null });
    const staff = upgraded({ nickname: '小李', role: 'support', consents: USER.consents });
    expect(staff).toMatchObject({ nickname: '小李', uncheckedNickname: null, consents: USER.consents });
  });
});
