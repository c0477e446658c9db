import { answerFeedback } from '../../../functions/admin/feedback/answerFeedback.ts';
import { listFeedback } from '../../../functions/admin/feedback/listFeedback.ts';
import { closeCase } from '../../../functions/admin/operations/closeCase.ts';
import { listMyFeedback } from '../../../functions/feedback/listMyFeedback.ts';
import { reopenFeedback } from '../../../functions/feedback/reopenFeedback.ts';
import { sendFeedback } from '../../../functions/feedback/sendFeedback.ts';
import { listMessages } from '../../../functions/inbox/listMessages.ts';
import { tellFeedback } from '../../../functions/inbox/tellFeedback.ts';
import { watchWaiting } from '../../../functions/operations/watchWaiting.ts';
import * as feedbacks from '../../../shared/data/feedback/feedbacks.ts';
import { DAY_MS, type FeedbackId, HOUR_MS, MINUTE_MS, UploadId } from '../../../shared/schemas/base.ts';
import { type Feedback, TURNS_MAX } from '../../../shared/schemas/feedback/feedback.ts';
import { audited } from '../../support/audited.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { givenStaff, type Staff } from '../../support/given/staff.ts';
import { givenUpload } from '../../support/given/upload.ts';
import { nightlyFindings } from '../../support/nightlyFindings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
let support: Staff;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
  support = await givenStaff(world, 'support');
  await world.drain();
});
afterEach(async () => {
  // Whatever a test did, the stored data does not contradict itself.
  await world.drain();
  expect(await nightlyFindings(world.ports.database, world.clock.now())).toEqual([]);
  expect((await audited(world.ports.database)).findings).toEqual([]);
  await world.close();
});

const aFeedback = (changes: object = {}) => ({
  id: world.ports.ids.make('fbk'),
  kind: 'bug',
  words: '播放到一半会停',
  orderId: null,
  images: [],
  ...changes,
});
const sends = (changes: object = {}, who: { readonly token: string } = alice) =>
  world.call(sendFeedback, aFeedback(changes), who);
const answers = (id: string, seenTurns = 1, answer = '已修复，请更新后再试') =>
  world.call(answerFeedback, { id, answer, seenTurns }, support);
const reopens = (id: string, seenTurns = 2, words = '还是会停', who: { readonly token: string } = alice) =>
  world.call(reopenFeedback, { id, words, seenTurns }, who);
const given = async (changes: object = {}) => (await sends(changes)).data.feedback.id;
const openCases = async () =>
  ((await storedIn(world, 'cases')) as { id: string; state: string }[]).flatMap(({ id, state }) =>
    state === 'open' ? [id] : [],
  );

describeFunction(sendFeedback, () => {
  test('it waits for an answer, with its pictures, which nobody but staff sees', async () => {
    const images = [await givenUpload(world, alice), await givenUpload(world, alice)];
    const { status, data } = await sends({ images });
    expect(status).toBe(200);
    expect(data.feedback).toMatchObject({ state: 'open', imageCount: 2, reopenUntilMs: null });
    expect(data.feedback.turns).toEqual([{ from: 'user', words: '播放到一半会停', atMs: world.clock.now() }]);
    const [shown] = (await world.call(listFeedback, {}, support)).data.items;
    expect(shown?.imageUrls).toHaveLength(2);
  });

  test('a repeat with the same id tells it once, also at once', async () => {
    const feedback = aFeedback();
    const both = await Promise.all([1, 2].map(() => world.call(sendFeedback, feedback, alice)));
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(await storedIn(world, 'feedbacks')).toHaveLength(1);
  });

  test('feedback.id_taken', async () => {
    const feedback = aFeedback();
    await world.call(sendFeedback, feedback, alice);
    const bob = await world.login('bob');
    expect((await world.call(sendFeedback, feedback, bob)).code).toBe('feedback.id_taken');
    expect((await world.call(sendFeedback, { ...feedback, words: '别的' }, alice)).code).toBe(
      'feedback.id_taken',
    );
  });

  test('upload.not_found for a picture of somebody else, which changes nothing', async () => {
    const image = await givenUpload(world, await world.login('bob'));
    expect((await sends({ images: [image] })).code).toBe('upload.not_found');
    expect(await storedIn(world, 'feedbacks')).toEqual([]);
  });

  test('what infringes is a case at once; anything else when it has waited for most of a day', async () => {
    const urgent = await given({ kind: 'infringement' });
    expect(await openCases()).toEqual([`feedback_urgent:${urgent}`]);
    const other = await given();
    world.clock.advance(19 * HOUR_MS);
    await world.run(watchWaiting);
    expect(await openCases()).toEqual([`feedback_urgent:${urgent}`]);
    world.clock.advance(2 * HOUR_MS);
    await world.run(watchWaiting);
    expect((await openCases()).sort()).toEqual(
      [`feedback_urgent:${urgent}`, `waiting:feedback:${urgent}`, `waiting:feedback:${other}`].sort(),
    );
    expect((await answers(other)).status).toBe(200);
    await world.run(watchWaiting);
    expect(await openCases()).not.toContain(`waiting:feedback:${other}`);
  });

  test.each([
    ['no words', { words: ' ' }],
    ['1,001 characters', { words: '长'.repeat(1_001) }],
    ['a kind that is none', { kind: 'praise' }],
    ['five pictures', { images: Array.from({ length: 5 }, (_, n) => `upl_0000000000000000000000000${n}`) }],
    ['the same picture twice', { images: Array(2).fill(`upl_${'0'.repeat(26)}`) }],
  ])('%s is refused', async (_, changes) => {
    expect((await sends(changes)).code).toBe('request.invalid');
  });

  test('ten a day are taken', async () => {
    for (let count = 0; count < 10; count += 1) expect((await sends()).status).toBe(200);
    expect((await sends()).status).toBe(429);
  });
});

describeFunction(listMyFeedback, () => {
  test('the caller’s own, newest first, a page at a time', async () => {
    await sends({}, await world.login('bob'));
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      world.clock.advance(MINUTE_MS);
      ids.unshift(await given());
    }
    const first = (await world.call(listMyFeedback, { limit: 2 }, alice)).data;
    const cursor = first.nextCursor ?? '';
    const second = (await world.call(listMyFeedback, { limit: 2, cursor }, alice)).data;
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
  });
});

describeFunction(answerFeedback, () => {
  test('its author finds the answer there and in the inbox, once, and its case is closed', async () => {
    const id = await given({ kind: 'infringement' });
    for (let time = 0; time < 2; time += 1) expect((await answers(id)).status).toBe(200);
    expect(await openCases()).toEqual([]);
    await world.drain();
    const [shown] = (await world.call(listMyFeedback, {}, alice)).data.items;
    expect(shown).toMatchObject({ state: 'answered' });
    expect(shown?.turns.map(({ from }) => from)).toEqual(['user', 'staff']);
    const { items } = (await world.call(listMessages, {}, alice)).data;
    expect(items.filter(({ kind }) => kind === 'feedback_answered')).toHaveLength(1);
  });

  test('feedback.not_found', async () => {
    expect((await answers(world.ports.ids.make('fbk'))).code).toBe('feedback.not_found');
  });

  test('feedback.not_open when it is answered; of two who answer at once, one does', async () => {
    const id = await given();
    const both = await Promise.all(['甲', '乙'].map((words) => answers(id, 1, words)));
    expect(both.map(({ code }) => code).sort()).toEqual(['feedback.turn_changed', null].sort());
    expect((await answers(id, 2, '再说一句')).code).toBe('feedback.not_open');
  });

  test('feedback.turn_changed when its author said more meanwhile', async () => {
    const id = await given();
    await answers(id);
    await reopens(id);
    expect((await answers(id, 1)).code).toBe('feedback.turn_changed');
    expect((await answers(id, 3)).status).toBe(200);
  });

  test('feedback.too_long', async () => {
    const id = await given();
    for (let turns = 1; turns < TURNS_MAX; turns += 2) {
      expect((await answers(id, turns)).status).toBe(200);
      if (turns + 1 < TURNS_MAX) {
        expect((await reopens(id, turns + 1)).status).toBe(200);
        world.clock.advance(HOUR_MS);
      }
    }
    expect((await answers(id, TURNS_MAX, '还有')).code).toBe('feedback.too_long');
    expect((await reopens(id, TURNS_MAX, '还有')).code).toBe('feedback.too_long');
  });
});

describeFunction(listFeedback, () => {
  test('what waits, the longest waiting first; what was answered, the last first', async () => {
    const one = await given();
    world.clock.advance(1);
    const two = await given();
    const ids = async (state?: string) =>
      (await world.call(listFeedback, state === undefined ? {} : { state }, support)).data.items.map(
        ({ id }) => id,
      );
    expect(await ids()).toEqual([one, two]);
    await answers(one);
    world.clock.advance(1);
    await answers(two);
    expect(await ids()).toEqual([]);
    expect(await ids('answered')).toEqual([two, one]);
  });

  test('an editor sees none', async () => {
    const editor = await givenStaff(world, 'editor');
    expect((await world.call(listFeedback, {}, editor)).code).toBe('auth.forbidden');
  });
});

describeFunction(reopenFeedback, () => {
  test('it waits again, and a repeat says it once', async () => {
    const id = await given();
    await answers(id);
    for (let time = 0; time < 2; time += 1) {
      const { data } = await reopens(id);
      expect(data.feedback).toMatchObject({ state: 'open', reopenUntilMs: null });
      expect(data.feedback.turns).toHaveLength(3);
    }
  });

  test('what infringes calls for a person again, also after staff closed the case by hand', async () => {
    const id = await given({ kind: 'infringement' });
    const caseId = `feedback_urgent:${id}`;
    await world.call(closeCase, { caseId, resolution: '已电话联系' }, support);
    await answers(id);
    world.clock.advance(1);
    await reopens(id);
    expect(await openCases()).toEqual([caseId]);
  });

  test('feedback.not_found, also for that of somebody else', async () => {
    const id = await given();
    await answers(id);
    const bob = await world.login('bob');
    expect((await reopens(id, 2, '我也是', bob)).code).toBe('feedback.not_found');
    expect((await reopens(world.ports.ids.make('fbk'))).code).toBe('feedback.not_found');
  });

  test('feedback.not_answered', async () => {
    expect((await reopens(await given(), 1)).code).toBe('feedback.not_answered');
  });

  test('feedback.turn_changed for what was not seen', async () => {
    const id = await given();
    await answers(id);
    expect((await reopens(id, 1)).code).toBe('feedback.turn_changed');
  });

  test('feedback.too_late after fourteen days', async () => {
    const id = await given();
    await answers(id);
    world.clock.advance(14 * DAY_MS);
    alice = await world.login('alice');
    expect((await reopens(id)).code).toBe('feedback.too_late');
  });

  test('feedback.too_long', async () => {
    const id = await given();
    await answers(id);
    for (let turns = 2; turns < TURNS_MAX; turns += 2) {
      expect((await reopens(id, turns)).status).toBe(200);
      expect((await answers(id, turns + 1)).status).toBe(200);
      world.clock.advance(DAY_MS / 2);
      if (turns % 12 === 0) alice = await world.login('alice');
    }
    expect((await reopens(id, TURNS_MAX, '还有')).code).toBe('feedback.too_long');
  });
});

describe('what the nightly look and the audit find', () => {
  const rules = async () => [
    (await nightlyFindings(world.ports.database, world.clock.now())).map(({ rule }) => rule),
    (await audited(world.ports.database)).findings.map(({ rule }) => rule),
  ];
  const spoil = (id: FeedbackId, change: Partial<Feedback>) =>
    world.ports.database.tx(async (tx) => {
      const before = await feedbacks.get(tx, id);
      await feedbacks.save(tx, before, { ...before, ...change });
      return before;
    });

  test.each<[string, Partial<Feedback>]>([
    ['an open one that says it was answered', { state: 'answered' }],
    ['one of a kind that calls for a person, without a case', { kind: 'infringement' }],
    ['a picture that is not its author’s', { images: [UploadId.parse(`upl_${'0'.repeat(26)}`)] }],
  ])('%s', async (_, change) => {
    const id = await given();
    await world.drain();
    const before = await spoil(id, change);
    const rule = 'images' in change ? 'upload' : 'feedback';
    expect(await rules()).toEqual([[rule], [rule]]);
    await spoil(id, before);
  });
});

describeFunction(tellFeedback, () => {
  test('each answer is told once', async () => {
    const id = await given();
    await answers(id);
    await reopens(id);
    await answers(id, 3);
    await world.drain();
    await world.drain();
    const { items } = (await world.call(listMessages, {}, alice)).data;
    expect(items.filter(({ kind }) => kind === 'feedback_answered')).toHaveLength(2);
  });
});
