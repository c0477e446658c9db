/** What people talk about in a simulated shop: a group, the rules, a drop, a trial, and staff who review. */
import * as legalTexts from '../../shared/data/identity/legalTexts.ts';
import * as sessions from '../../shared/data/identity/sessions.ts';
import { startSession } from '../../shared/domain/identity/session.ts';
import { newUser } from '../../shared/domain/identity/user.ts';
import { DAY_MS, MINUTE_MS, timeMs, UserId } from '../../shared/schemas/base.ts';
import { type Documents, goods, idOf } from './shop.ts';

/** The group in which talkers write topics. It is open, and has no teacher until somebody is named. */
export const GROUP_ID = idOf('grp', 1);
/** The drop, of fewer coupons than there are talkers. */
export const DROP = { id: idOf('drp', 1), templateId: idOf('tpl', 9), count: 3 } as const;
/** The course that can be tried. */
export const TRIED = goods[0]?.productId ?? '';
/** The threads in which talkers comment. */
export const THREADS = goods.slice(0, 2).map(({ productId }) => `product:${productId}`);
/** The version of the rules that talkers agree to. */
export const RULES = '1';

/** Staff who review, each logged in. Two, because somebody else decides about an appeal. */
export const reviewers = [11, 12].map((n) => ({
  userId: idOf('usr', n),
  token: `reviewer-of-the-simulated-shop-${n}`,
}));

function reviewerDocs(startMs: number): Documents {
  return reviewers.flatMap(({ userId, token }) => {
    const given = { id: UserId.parse(userId), nickname: '审核', role: 'support', openid: null } as const;
    const user = newUser({ ...given, now: timeMs(startMs) });
    const shown = { hasSecondFactor: true, device: null, now: timeMs(startMs + 30 * DAY_MS) };
    const session = startSession({ id: sessions.idOf(token), user, ...shown });
    return [
      ['users', user],
      ['sessions', session],
    ] as const;
  });
}

function rulesDocs(startMs: number): Documents {
  const words = { title: '社区规则', body: '请友善交流。' };
  const text = { kind: 'community', version: RULES, digest: legalTexts.digestOf(words) } as const;
  const stored = { id: `community:${RULES}`, ...text, ...words, asksAgain: true };
  return [
    ['legalTexts', { ...stored, publishedAtMs: startMs, publishedBy: reviewers[0]?.userId }],
    [
      'currentTexts',
      { id: 'community', version: RULES, digest: text.digest, counted: [RULES], changedAtMs: startMs },
    ],
  ];
}

function dropDocs(startMs: number): Documents {
  const { id, templateId, count } = DROP;
  const made = { draftDigest: '0'.repeat(64), createdAtMs: startMs, updatedAtMs: startMs };
  const template = {
    ...{ id: templateId, version: 1, title: '晨读福利', rule: { kind: 'fixed', offFen: 100 } },
    ...{ scope: { kind: 'all' }, validity: { kind: 'days', days: 30 }, audience: 'drop' },
    ...{ claimFromAtMs: startMs - DAY_MS, claimUntilAtMs: startMs + DAY_MS, perUserMax: 5 },
    ...{ stock: 10, state: 'published', shardCount: 2, ...made },
  };
  const drop = {
    ...{ id, title: '晨读福利', templateId, count, hours: 1, audience: { kind: 'group', groupId: GROUP_ID } },
    ...{ state: 'published', endsAtMs: startMs + 40 * MINUTE_MS, claimedCount: null, ...made },
  };
  const shard = (n: number, remaining: number, held: number) =>
    [
      'couponStocks',
      { id: `${templateId}:${n}`, templateId, remaining, issued: 0, held: { [id]: held } },
    ] as const;
  return [['couponTemplates', template], ['drops', drop], shard(0, 4, 1), shard(1, 3, 2)];
}

/** Everything that people talk about. */
export function talkDocs(startMs: number): Documents {
  const made = { draftDigest: '0'.repeat(64), createdAtMs: startMs, updatedAtMs: startMs };
  const group = {
    ...{ id: GROUP_ID, kind: 'open', productId: null, title: '共读', intro: '', coverUrl: null },
    ...{ teachers: [], assistants: [], state: 'published', version: 1, publishedAtMs: startMs, ...made },
  };
  return [['groups', group], ...reviewerDocs(startMs), ...rulesDocs(startMs), ...dropDocs(startMs)];
}
