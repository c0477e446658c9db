import fc from 'fast-check';
import { SIMULATED_TEMPLATES } from '../../../local/simulators/wechat/templates.ts';
import { dayOf } from '../../../shared/domain/day.ts';
import {
  beginSending,
  comeDue,
  endSending,
  MARKETING_EVERY_MS,
  MERGED_MS,
  newInbox,
  newMessage,
  newSubscription,
  PER_DAY_MAX,
  SENDING_MS,
  type Sendable,
  type Sending,
  type SendingFacts,
  TRIES_MAX,
  toldLater,
} from '../../../shared/domain/inbox/delivery.ts';
import { rulesOf } from '../../../shared/domain/inbox/messageKinds.ts';
import { unaskedOf } from '../../../shared/errors.ts';
import { HOUR_MS, MINUTE_MS, OrderId, ProductId, timeMs, UserId } from '../../../shared/schemas/base.ts';
import { Inbox, Message, type MessageSubject, Subscription } from '../../../shared/schemas/inbox/message.ts';

const ULID = '0'.repeat(26);
const USER = UserId.parse(`usr_${ULID}`);
const NOON = timeMs(Date.parse('2026-11-30T12:00:00+08:00'));

const SUBJECTS: readonly MessageSubject[] = [
  { kind: 'order_paid', title: '课', orderId: OrderId.parse(`ord_${ULID}`), lines: 1, paidFen: 100 as never },
  { kind: 'course_finished', title: '课', productId: ProductId.parse(`prd_${ULID}`) },
  { kind: 'coupon_given', title: '券', expiresAtMs: NOON },
  { kind: 'points_gained', count: 60, day: '2026-11-29' },
  { kind: 'promotion_started', title: '周', untilAtMs: NOON },
];
const paid = SUBJECTS[0] as MessageSubject;

const given = (cause: string, subject = paid, now = NOON) =>
  newMessage({ userId: USER, cause, subject }, SIMULATED_TEMPLATES, now);
const facts = (change: Partial<SendingFacts> = {}): SendingFacts => ({
  ...{ hasOpenid: true, isTemplateOn: true, isAgreed: true, mark: 'run', now: NOON },
  ...change,
});
const sendable = (message: Message, left = 1): Sendable => ({
  message,
  inbox: newInbox(USER, NOON),
  subscription: { ...newSubscription(USER, rulesOf(message.subject.kind).template, NOON), left },
});

test('without a template a message stays inside; with one it is due by day and waits at night if it may', () => {
  expect(newMessage({ userId: USER, cause: 'a', subject: paid }, {}, NOON).state).toBe('inside');
  expect(given('a')).toMatchObject({ state: 'due', turns: 1 });
  const night = timeMs(NOON + 12 * HOUR_MS);
  expect(given('a', paid, night).state).toBe('due');
  const waiting = given('a', SUBJECTS[1], night);
  expect(waiting).toMatchObject({ state: 'waiting', turns: 0 });
  expect(comeDue(waiting, timeMs(waiting.nextAtMs - 1))).toBe(waiting);
  expect(comeDue(waiting, waiting.nextAtMs)).toMatchObject({ state: 'due', turns: 1 });
});

test.each<[string, Partial<SendingFacts>, MessageSubject, number]>([
  ['no_openid', { hasOpenid: false }, paid, 1],
  ['template_off', { isTemplateOn: false }, paid, 1],
  ['no_consent', { isAgreed: false }, SUBJECTS[4] as MessageSubject, 1],
  ['no_quota', {}, paid, 0],
])('%s: it is skipped, and no quota is taken', (code, change, subject, left) => {
  const before = sendable(given('a', subject), left);
  const after = beginSending(before, facts(change));
  expect(after.message).toMatchObject({ state: 'skipped', code });
  expect(after.subscription).toBe(before.subscription);
  expect(after.inbox).toBe(before.inbox);
});

test('what comes due late at night waits for the morning, and takes no quota', () => {
  const before = sendable(given('a', SUBJECTS[1]));
  const after = beginSending(before, facts({ now: timeMs(NOON + 11 * HOUR_MS) }));
  expect(after.message.state).toBe('waiting');
  expect(after.subscription.left).toBe(1);
});

test('LK23: a run that finds it being sent leaves it alone for a minute, and then ends it unknown, without sending', () => {
  const sending = beginSending(sendable(given('a')), facts());
  expect(sending.message).toMatchObject({ state: 'sending', code: 'run' });
  const again = (ms: number) => beginSending(sending, facts({ mark: 'other', now: timeMs(NOON + ms) }));
  let caught: unknown;
  try {
    again(SENDING_MS - 1);
  } catch (thrown) {
    caught = thrown;
  }
  expect(unaskedOf(caught)).toBe('pace');
  const ended = again(SENDING_MS);
  expect(ended.message.state).toBe('unknown');
  expect(ended.subscription.left).toBe(0);
});

test.each<[Sending, string, number, number]>([
  [{ outcome: 'sent', number: '1' }, 'sent', 2, 1],
  [{ outcome: 'unknown' }, 'unknown', 2, 1],
  [{ outcome: 'refused', code: '43101' }, 'refused', 0, 0],
  [{ outcome: 'failed', code: '47003' }, 'failed', 3, 0],
  [{ outcome: 'later', code: '-1' }, 'waiting', 3, 0],
])('after %j it is %s, with %i left and %i counted today', (sending, state, left, counted) => {
  const after = endSending(beginSending(sendable(given('a'), 3), facts()), sending, NOON);
  expect(after.message.state).toBe(state);
  expect(after.subscription.left).toBe(left);
  expect(after.inbox.outside).toHaveLength(counted);
});

test('WeChat is asked three times at most, later each time', () => {
  let now = NOON;
  let each = sendable(given('a'));
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    each = endSending(beginSending(each, facts({ now })), { outcome: 'later', code: '45009' }, now);
    if (tries < TRIES_MAX) expect(each.message.nextAtMs).toBeGreaterThan(now);
    now = each.message.nextAtMs;
    if (tries < TRIES_MAX) each = { ...each, message: comeDue(each.message, now) };
  }
  expect(each.message).toMatchObject({ state: 'failed', code: '45009', turns: TRIES_MAX });
  expect(each.subscription.left).toBe(1);
});

test('what is told later ends only what was sent, or of what nobody knew', () => {
  const { message } = endSending(beginSending(sendable(given('a')), facts()), { outcome: 'unknown' }, NOON);
  expect(toldLater(message, null, NOON).state).toBe('sent');
  expect(toldLater(message, '1', NOON)).toMatchObject({ state: 'refused', code: '1' });
  const kept = given('b');
  expect(toldLater(kept, null, NOON)).toBe(kept);
});

interface Step {
  readonly afterMs: number;
  readonly subject: MessageSubject;
  readonly ends: Sending;
}

const steps: fc.Arbitrary<Step> = fc.record({
  afterMs: fc.oneof(fc.nat(20 * MINUTE_MS), fc.nat(10 * HOUR_MS)),
  subject: fc.constantFrom(...SUBJECTS),
  ends: fc.constantFrom<Sending>(
    { outcome: 'sent', number: null },
    { outcome: 'unknown' },
    { outcome: 'refused', code: '43101' },
    { outcome: 'failed', code: '47003' },
    { outcome: 'later', code: '-1' },
  ),
});

/** A life of one user: messages come, come due, are sent, and WeChat says this and that. */
function lived(life: readonly Step[], allowed: number) {
  const taken: { kind: string; isMarketing: boolean; atMs: number }[] = [];
  let inbox: Inbox = newInbox(USER, NOON);
  let now: number = NOON;
  const subscriptions = new Map<string, Subscription>();
  life.forEach(({ afterMs, subject, ends }, n) => {
    now += afterMs;
    const atMs = timeMs(now);
    const { template, mayWait, isMarketing } = rulesOf(subject.kind);
    const own = subscriptions.get(template) ?? { ...newSubscription(USER, template, NOON), left: allowed };
    const message = comeDue(given(`c${n}`, subject, atMs), atMs);
    const begun = beginSending({ message, inbox, subscription: own }, facts({ now: atMs }));
    const ended = endSending(begun, ends, atMs);
    if (begun.message.state === 'sending') {
      const hour = new Date(now + 8 * HOUR_MS).getUTCHours();
      expect(mayWait && (hour >= 22 || hour < 8)).toBe(false);
      if (ends.outcome === 'sent' || ends.outcome === 'unknown')
        taken.push({ kind: subject.kind, isMarketing, atMs: now });
    }
    inbox = Inbox.parse(ended.inbox);
    subscriptions.set(template, Subscription.parse(ended.subscription));
    Message.parse(ended.message);
  });
  return taken;
}

test('three a day, one advertisement a week, and the same kind once in ten minutes, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 60 }), fc.integer({ min: 0, max: 20 }), (life, allowed) => {
      const taken = lived(life, allowed);
      for (const [n, each] of taken.entries()) {
        const earlier = taken.slice(0, n);
        const today = earlier.filter(({ atMs }) => dayOf(timeMs(atMs)) === dayOf(timeMs(each.atMs)));
        expect(today.length).toBeLessThan(PER_DAY_MAX);
        const same = earlier.filter(({ kind, atMs }) => kind === each.kind && each.atMs - atMs < MERGED_MS);
        expect(same).toEqual([]);
        if (each.isMarketing)
          expect(
            earlier.filter((one) => one.isMarketing && each.atMs - one.atMs < MARKETING_EVERY_MS),
          ).toEqual([]);
      }
    }),
  );
});
