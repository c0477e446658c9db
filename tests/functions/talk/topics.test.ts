import { endGroup } from '../../../functions/admin/talk/endGroup.ts';
import { listTopicsOf } from '../../../functions/admin/talk/listTopicsOf.ts';
import { pinAnyTopic } from '../../../functions/admin/talk/pinAnyTopic.ts';
import { createTopic } from '../../../functions/talk/createTopic.ts';
import { getTopic } from '../../../functions/talk/getTopic.ts';
import { hideTopic } from '../../../functions/talk/hideTopic.ts';
import { leaveGroup } from '../../../functions/talk/leaveGroup.ts';
import { listGroups } from '../../../functions/talk/listGroups.ts';
import { listMyTopics } from '../../../functions/talk/listMyTopics.ts';
import { listTopics } from '../../../functions/talk/listTopics.ts';
import { pinTopic } from '../../../functions/talk/pinTopic.ts';
import { removeTopic } from '../../../functions/talk/removeTopic.ts';
import { updateGroupNote } from '../../../functions/talk/updateGroupNote.ts';
import { updateTopic } from '../../../functions/talk/updateTopic.ts';
import * as legalTexts from '../../../shared/data/identity/legalTexts.ts';
import * as writers from '../../../shared/data/review/writers.ts';
import { decide } from '../../../shared/domain/review/review.ts';
import { ALLOWED, newWriter } from '../../../shared/domain/review/trust.ts';
import { stepReview } from '../../../shared/flows/review/stepReview.ts';
import { DAY_MS, type GroupId, MINUTE_MS, type UploadId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenGroup } from '../../support/given/group.ts';
import { publishText } from '../../support/given/legal.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { givenStaff, type Staff } from '../../support/given/staff.ts';
import {
  aTopic,
  givenMemberOf,
  givenShownTopic,
  givenTopic,
  judgeTopic,
  storedTopic,
} from '../../support/given/topic.ts';
import { givenUpload } from '../../support/given/upload.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let groupId: GroupId;
let alice: Buyer;
let bob: Buyer;
let teacher: Buyer;

async function begin(talk: object = {}): Promise<void> {
  world = await createWorld({ settings: { talk: { ...defaultSettings.talk, ...talk } } });
  teacher = await givenWriter(world, 'teacher');
  groupId = (await givenGroup(world, { teachers: [teacher.userId] })).id;
}

beforeEach(async () => {
  await begin();
  alice = await givenMemberOf(world, groupId, 'alice');
  bob = await givenMemberOf(world, groupId, 'bob');
});
afterEach(() => world.close());

/** Somebody who was here long enough and published enough to be trusted with pictures. */
async function trusts({ userId }: Buyer): Promise<void> {
  const now = world.clock.now();
  await world.ports.database.tx(async (tx) => {
    const before = await writers.find(tx, userId);
    await writers.save(tx, before, { ...(before ?? newWriter(userId, now)), published: 2 });
  });
  world.clock.advance(DAY_MS);
}

/** A picture that this person uploaded and has not used. */
const uploads = (who: Buyer): Promise<UploadId> => givenUpload(world, who);

const writes = (wishes: object = {}, who = alice) =>
  world.call(createTopic, aTopic(world, groupId, wishes), who);
const edits = (id: string, wishes: object = {}, who = alice) =>
  world.call(updateTopic, { id, title: '第一周', body: '我读完了两章', images: [], ...wishes }, who);
const removes = (id: string, who = alice) => world.call(removeTopic, { id }, who);
const gets = (id: string, who = bob) => world.call(getTopic, { id }, who);
const pins = (id: string, isPinned = true, who = teacher) => world.call(pinTopic, { id, isPinned }, who);
const hides = (id: string, who = teacher) => world.call(hideTopic, { id }, who);
const lists = (asked: object = {}, who = bob) => world.call(listTopics, { id: groupId, ...asked }, who);
const mine = async (who = alice) => (await world.call(listMyTopics, {}, who)).data.items;
const shownIds = async (asked: object = {}, who = bob) =>
  (await lists(asked, who)).data.items.map(({ id }) => id);
const switchedOff = async (talk: object) => {
  await world.close();
  await begin(talk);
};
const unknown = () => world.ports.ids.make('top');
const NOT_FOUND = { status: 404, code: 'topic.not_found' };
const OFF = { status: 404, code: 'feature.off' };

describeFunction(createTopic, () => {
  test('nobody but its author sees it before it passed; a repeat is the same topic', async () => {
    const asked = aTopic(world, groupId);
    const both = await Promise.all([asked, asked].map((each) => world.call(createTopic, each, alice)));
    expect(both[0]?.data.topic).toMatchObject({
      title: '第一周',
      state: 'checking',
      isShown: false,
      version: 1,
    });
    expect(both[1]?.data).toEqual(both[0]?.data);
    expect(await storedIn(world, 'topics')).toHaveLength(1);
    expect([await shownIds(), await shownIds({}, alice)]).toEqual([[], []]);
    expect(await gets(asked.id)).toMatchObject(NOT_FOUND);
    await judgeTopic(world, both[0]?.data.topic.id as never);
    expect(await shownIds()).toEqual([asked.id]);
  });

  test('group.not_found: who is no member writes nothing, also who was one', async () => {
    expect(await writes({}, await givenWriter(world, 'carol'))).toMatchObject({ code: 'group.not_found' });
    await world.call(leaveGroup, { id: groupId }, alice);
    expect(await writes()).toMatchObject({ status: 404, code: 'group.not_found' });
    expect(await storedIn(world, 'topics')).toEqual([]);
  });

  test('topic.id_taken: by somebody else, or as another kind', async () => {
    const { id } = await givenTopic(world, alice, groupId);
    expect(await writes({ id }, bob)).toMatchObject({ status: 409, code: 'topic.id_taken' });
    expect(await writes({ id, kind: 'ask' })).toMatchObject({ code: 'topic.id_taken' });
  });

  test('topic.not_yours: only who teaches writes a digest', async () => {
    expect(await writes({ kind: 'digest' })).toMatchObject({ status: 403, code: 'topic.not_yours' });
    expect((await writes({ kind: 'digest' }, teacher)).data.topic.kind).toBe('digest');
  });

  test('topic.too_many_images: pictures need trust', async () => {
    const images = [await uploads(alice)];
    expect(await writes({ images })).toMatchObject({
      code: 'topic.too_many_images',
      error: { params: { max: 0 } },
    });
    await trusts(alice);
    alice = await world.login('alice');
    const fresh = [await uploads(alice)];
    expect((await writes({ images: fresh })).data.topic.images).toMatchObject([{ id: fresh[0] }]);
  });

  test('upload.not_found: only pictures of one’s own, each used once', async () => {
    const [own, other] = [await uploads(teacher), await uploads(bob)];
    expect(await writes({ images: [other] }, teacher)).toMatchObject({
      status: 404,
      code: 'upload.not_found',
    });
    expect((await writes({ images: [own] }, teacher)).status).toBe(200);
    expect(await writes({ images: [own] }, teacher)).toMatchObject({ code: 'upload.not_found' });
  });

  test('consent.required, writing.too_many', async () => {
    const carol = await world.login('carol');
    const { id } = await givenGroup(world, { assistants: [carol.userId] });
    expect(await writes({ groupId: id }, carol)).toMatchObject({ code: 'consent.required' });
    await writes();
    expect(await writes()).toMatchObject({ status: 409, code: 'writing.too_many' });
  });

  test('phone.required', async () => {
    await switchedOff({ needsPhone: true });
    expect(await writes({}, teacher)).toMatchObject({ status: 403, code: 'phone.required' });
  });

  test('writing.suspended', async () => {
    const now = world.clock.now();
    await world.ports.database.tx(async (tx) => {
      const removal = (index: number) => ({ target: `topic:${index}`, atMs: now, by: 'platform' as const });
      await writers.save(tx, await writers.find(tx, alice.userId), {
        ...newWriter(alice.userId, now),
        removed: [1, 2, 3].map(removal),
      });
    });
    expect(await writes()).toMatchObject({ status: 403, code: 'writing.suspended' });
  });

  test('feature.off: nothing is written while topics are read-only, or groups are off', async () => {
    await switchedOff({ topics: 'read' });
    expect(await writes({}, teacher)).toMatchObject(OFF);
    await switchedOff({ groups: 'off' });
    expect(await writes({}, teacher)).toMatchObject(OFF);
  });

  test('what is asked for is bounded', async () => {
    const twice = await uploads(alice);
    for (const wrong of [
      { title: '' },
      { title: '字'.repeat(61) },
      { body: '' },
      { body: '字'.repeat(2_401) },
      { images: [twice, twice] },
      { kind: 'question' },
    ]) {
      expect(await writes(wrong)).toMatchObject({ code: 'request.invalid' });
    }
  });
});

describeFunction(updateTopic, () => {
  test('LK14 others see the old version until the new one has passed', async () => {
    const { id } = await givenShownTopic(world, teacher, groupId);
    expect((await edits(id, {}, teacher)).data.topic).toMatchObject({
      version: 2,
      state: 'checking',
      isShown: true,
    });
    expect((await gets(id)).data.topic).toMatchObject({ body: '我读完了第一章', isEdited: false });
    await judgeTopic(world, id);
    expect((await gets(id)).data.topic).toMatchObject({ body: '我读完了两章', isEdited: true });
    expect((await edits(id, {}, teacher)).data.topic.version).toBe(2);
  });

  test('topic.not_editable after fifteen minutes, review.not_editable once it was removed', async () => {
    const late = await givenShownTopic(world, teacher, groupId);
    world.clock.advance(15 * MINUTE_MS);
    expect(await edits(late.id, {}, teacher)).toMatchObject({ status: 409, code: 'topic.not_editable' });
    const { id } = await givenShownTopic(world, teacher, groupId);
    await hides(id);
    expect(await edits(id, {}, teacher)).toMatchObject({ status: 409, code: 'review.not_editable' });
  });

  test('topic.not_found: somebody else’s, and one’s own without access any more', async () => {
    const { id } = await givenShownTopic(world, alice, groupId);
    expect(await edits(id, {}, bob)).toMatchObject(NOT_FOUND);
    await world.call(leaveGroup, { id: groupId }, alice);
    expect(await edits(id)).toMatchObject(NOT_FOUND);
  });

  test('topic.too_many_images, upload.not_found', async () => {
    const { id } = await givenTopic(world, alice, groupId);
    expect(await edits(id, { images: [await uploads(alice)] })).toMatchObject({
      code: 'topic.too_many_images',
    });
    const own = await givenTopic(world, teacher, groupId);
    const images = [await uploads(bob)];
    expect(await edits(own.id, { images }, teacher)).toMatchObject({ code: 'upload.not_found' });
  });

  test('writing.too_many: an edit counts as a comment, so that who is new may edit their one topic', async () => {
    const { id } = await givenTopic(world, alice, groupId);
    const days = ALLOWED[0].day.comment;
    for (let edit = 0; edit < days; edit += 1)
      expect((await edits(id, { body: `${edit}` })).status).toBe(200);
    expect(await edits(id)).toMatchObject({ code: 'writing.too_many' });
  });

  test('consent.required, phone.required, writing.suspended', async () => {
    const { id } = await givenTopic(world, alice, groupId);
    const now = world.clock.now();
    await world.ports.database.tx(async (tx) => {
      const removal = (index: number) => ({ target: `topic:${index}`, atMs: now, by: 'platform' as const });
      const before = await writers.find(tx, alice.userId);
      await writers.save(tx, before, { ...newWriter(alice.userId, now), removed: [1, 2, 3].map(removal) });
    });
    expect(await edits(id)).toMatchObject({ code: 'writing.suspended' });
    const withPhone = world.ports.settings as { talk: object };
    withPhone.talk = { ...defaultSettings.talk, needsPhone: true };
    expect(await edits(id)).toMatchObject({ code: 'phone.required' });
    withPhone.talk = defaultSettings.talk;
    const rules = await legalTexts.findCurrent(world.ports.database, 'community');
    await publishText(world, 'community', '2099-01', { replaces: rules?.version ?? null });
    expect(await edits(id)).toMatchObject({ code: 'consent.required' });
  });

  test('feature.off', async () => {
    await switchedOff({ topics: 'read' });
    expect(await edits(unknown(), {}, teacher)).toMatchObject(OFF);
  });
});

describeFunction(removeTopic, () => {
  test('what one wrote stays one’s own to delete, without access and whatever is switched off', async () => {
    const { id } = await givenShownTopic(world, alice, groupId);
    await world.call(leaveGroup, { id: groupId }, alice);
    const settings = world.ports.settings as { talk: object };
    settings.talk = { ...defaultSettings.talk, groups: 'off', topics: 'off' };
    for (const _ of [1, 2]) expect((await removes(id)).data).toEqual({ id });
    settings.talk = defaultSettings.talk;
    expect(await gets(id)).toMatchObject(NOT_FOUND);
    const { newest, shown, review } = await storedTopic(world, id);
    expect([newest.title, newest.body, shown, review.state]).toEqual([null, '', null, 'deleted']);
  });

  test('topic.not_found: somebody else’s', async () => {
    const { id } = await givenShownTopic(world, alice, groupId);
    for (const each of [removes(id, bob), removes(id, teacher), removes(unknown())])
      expect(await each).toMatchObject(NOT_FOUND);
  });
});

describeFunction(listTopics, () => {
  test('pinned first, then what was written in last; page by page, by kind and by interest', async () => {
    const [one, two] = [
      await givenShownTopic(world, alice, groupId),
      await givenShownTopic(world, teacher, groupId, { kind: 'ask' }),
    ];
    const three = await givenShownTopic(world, teacher, groupId, { kind: 'digest' });
    await pins(one.id);
    expect(await shownIds()).toEqual([one.id, three.id, two.id]);
    expect(await shownIds({ sort: 'hot' })).toHaveLength(3);
    expect((await shownIds({ sort: 'hot' }))[0]).toBe(one.id);
    expect(await shownIds({ kind: 'ask' })).toEqual([two.id]);
    const first = (await lists({ limit: 2 })).data;
    const second = (await lists({ limit: 1, cursor: first.nextCursor })).data;
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([one.id, three.id, two.id]);
    expect(first.items[1]).toMatchObject({ isByStaff: true, isMine: false, mayTend: false, kind: 'digest' });
  });

  test('group.not_found: who did not join, and after it ended', async () => {
    expect(await lists({}, await world.login('carol'))).toMatchObject({ code: 'group.not_found' });
    await world.call(endGroup, { id: groupId, reason: '结束' }, await givenStaff(world, 'admin'));
    expect(await lists({}, alice)).toMatchObject({ status: 404, code: 'group.not_found' });
  });

  test('feature.off', async () => {
    await switchedOff({ topics: 'off' });
    expect(await lists({}, teacher)).toMatchObject(OFF);
  });
});

describeFunction(getTopic, () => {
  test('its author, its pictures by links that end, and what the caller may do with it', async () => {
    const image = await uploads(teacher);
    const { id } = await givenShownTopic(world, teacher, groupId, { images: [image] });
    const { topic } = (await gets(id)).data;
    expect(topic).toMatchObject({
      id,
      author: { id: teacher.userId },
      images: [{ id: image }],
      isByStaff: true,
    });
    expect(topic.images[0]?.url).toContain('ugc/');
    expect((await gets(id, teacher)).data.topic).toMatchObject({ isMine: true, mayTend: true });
  });

  test('topic.not_found: another group’s, one that is refused, and an unknown one', async () => {
    const { id } = await givenTopic(world, alice, groupId);
    await judgeTopic(world, id, 'risky');
    const other = (await givenGroup(world)).id;
    const theirs = await givenShownTopic(world, await givenMemberOf(world, other, 'carol'), other);
    for (const each of [gets(id), gets(id, alice), gets(theirs.id), gets(unknown())])
      expect(await each).toMatchObject(NOT_FOUND);
  });

  test('feature.off', async () => {
    await switchedOff({ groups: 'off' });
    expect(await gets(unknown(), teacher)).toMatchObject(OFF);
  });
});

describeFunction(listMyTopics, () => {
  test('one’s own in any state, newest first, also without access any more', async () => {
    const { id } = await givenTopic(world, alice, groupId);
    await judgeTopic(world, id, 'risky');
    await world.call(leaveGroup, { id: groupId }, alice);
    expect(await mine()).toMatchObject([{ id, title: '第一周', state: 'rejected', isShown: false }]);
    expect(await mine(bob)).toEqual([]);
  });
});

describeFunction(pinTopic, () => {
  test('who teaches pins, once, and lets go', async () => {
    const { id } = await givenShownTopic(world, alice, groupId);
    for (const _ of [1, 2]) expect((await pins(id)).data).toEqual({ isPinned: true });
    expect((await gets(id)).data.topic.isPinned).toBe(true);
    await pins(id, false);
    expect((await gets(id)).data.topic.isPinned).toBe(false);
  });

  test('topic.not_yours; topic.not_found for who teaches elsewhere', async () => {
    const { id } = await givenShownTopic(world, alice, groupId);
    expect(await pins(id, true, alice)).toMatchObject({ status: 403, code: 'topic.not_yours' });
    const elsewhere = await world.login('elsewhere');
    await givenGroup(world, { assistants: [elsewhere.userId] });
    expect(await pins(id, true, elsewhere)).toMatchObject(NOT_FOUND);
  });

  test('feature.off', async () => {
    await switchedOff({ topics: 'read' });
    expect(await pins(unknown())).toMatchObject(OFF);
  });
});

describeFunction(hideTopic, () => {
  test('LK16 it is hidden with who did it, and staff get a case; what they keep is not hidden again', async () => {
    const { id } = await givenShownTopic(world, alice, groupId);
    for (const _ of [1, 2]) expect((await hides(id)).status).toBe(200);
    expect(await gets(id)).toMatchObject(NOT_FOUND);
    const hidden = await storedTopic(world, id);
    expect(hidden.review).toMatchObject({
      isHidden: true,
      cause: 'hidden',
      by: teacher.userId,
      state: 'public',
    });
    expect(await storedIn(world, 'cases')).toMatchObject([
      { kind: 'content_flagged', state: 'open', story: '话题（第 1 版）被小组的老师或助教隐藏' },
    ]);
    const { userId } = await givenStaff(world, 'support');
    const keep = { decision: 'keep', version: 1, by: userId } as const;
    const at = { now: world.clock.now(), requestId: 'given', decided: { by: userId, reason: '没有问题' } };
    await world.ports.database.tx((tx) =>
      stepReview(tx, `topic:${id}`, (before) => decide(before, keep, at.now), at),
    );
    expect((await gets(id)).status).toBe(200);
    expect(await hides(id)).toMatchObject({ status: 409, code: 'review.not_waiting' });
  });

  test('topic.not_yours, topic.not_found', async () => {
    const { id } = await givenShownTopic(world, alice, groupId);
    expect(await hides(id, bob)).toMatchObject({ code: 'topic.not_yours' });
    const elsewhere = await world.login('elsewhere');
    await givenGroup(world, { assistants: [elsewhere.userId] });
    expect(await hides(id, elsewhere)).toMatchObject(NOT_FOUND);
  });

  test('feature.off', async () => {
    await switchedOff({ topics: 'off' });
    expect(await hides(unknown())).toMatchObject(OFF);
  });
});

describe('news', () => {
  test('a group has news once something was written since it was read, unless it is muted', async () => {
    const hasNews = async () => (await world.call(listGroups, {}, bob)).data.items.map((one) => one.hasNews);
    expect(await hasNews()).toEqual([false]);
    await givenShownTopic(world, alice, groupId);
    expect(await hasNews()).toEqual([true]);
    await world.call(updateGroupNote, { id: groupId, isMuted: true }, bob);
    expect(await hasNews()).toEqual([false]);
    await world.call(updateGroupNote, { id: groupId, isMuted: false, isRead: true }, bob);
    expect(await hasNews()).toEqual([false]);
  });
});

describe('staff', () => {
  let editor: Staff;
  beforeEach(async () => {
    editor = await givenStaff(world, 'editor');
  });

  describeFunction(listTopicsOf, () => {
    test('all of a group, newest first, also what nobody sees', async () => {
      const one = await givenTopic(world, alice, groupId);
      const two = await givenShownTopic(world, teacher, groupId);
      const { items } = (await world.call(listTopicsOf, { groupId }, editor)).data;
      expect(items).toMatchObject([
        { id: two.id, state: 'public', isShown: true },
        { id: one.id, state: 'checking', isShown: false, title: '第一周' },
      ]);
    });

    test('group.not_found', async () => {
      const other = world.ports.ids.make('grp');
      expect(await world.call(listTopicsOf, { groupId: other }, editor)).toMatchObject({
        code: 'group.not_found',
      });
    });
  });

  describeFunction(pinAnyTopic, () => {
    test('pinned once, with who did it in the audit log', async () => {
      const { id } = await givenShownTopic(world, alice, groupId);
      for (const _ of [1, 2])
        expect((await world.call(pinAnyTopic, { id, isPinned: true }, editor)).data.topic.isPinned).toBe(
          true,
        );
      const entries = (await storedIn(world, 'audit')) as { action: string }[];
      expect(entries.filter(({ action }) => action === 'topic.pin')).toHaveLength(1);
    });

    test('topic.not_found', async () => {
      const asked = { id: unknown(), isPinned: true };
      expect(await world.call(pinAnyTopic, asked, editor)).toMatchObject(NOT_FOUND);
    });
  });
});
