import { decideReview } from '../../../functions/admin/review/decideReview.ts';
import { getMe } from '../../../functions/identity/getMe.ts';
import { getProfile } from '../../../functions/identity/getProfile.ts';
import { updateProfile } from '../../../functions/identity/updateProfile.ts';
import { appealReview } from '../../../functions/review/appealReview.ts';
import * as users from '../../../shared/data/identity/users.ts';
import { avatarLink } from '../../../shared/flows/identity/avatarLink.ts';
import { authorsOf } from '../../../shared/flows/talk/authorsOf.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenChanged } from '../../support/given/changed.ts';
import { exported } from '../../support/given/export.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { judgeName } from '../../support/given/profile.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { givenStoredFile } from '../../support/given/storedFile.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const chooses = (change: object, who = alice) => world.call(updateProfile, change, { token: who.token });
const profile = async () => (await world.call(getProfile, {}, { token: alice.token })).data.profile;
const target = () => `profile:${alice.userId}`;
/** What others see of her. */
const seen = async () => {
  const author = await authorsOf(world.ports, [alice.userId], world.clock.now());
  const { nickname, avatarUrl } = author(alice.userId) ?? {};
  return { nickname, avatarUrl };
};
const made = () => `知友${alice.userId.slice(-4)}`;
const decides = async (decision: string, version: number) => {
  const asked = { target: target(), version, decision, reason: '看过了' };
  const answer = await world.call(decideReview, asked, await givenStaff(world, 'support'));
  expect(answer.status).toBe(200);
};

describeFunction(updateProfile, () => {
  test('others see a name once it has passed, and its author sees it at once, with where it stands', async () => {
    const { data } = await chooses({ nickname: ' 小爱 ' });
    expect(data.profile).toMatchObject({
      ...{ nickname: '小爱', avatarUrl: null, shown: { nickname: made(), avatarUrl: null } },
      review: { target: target(), state: 'checking', isShown: false },
    });
    expect(await profile()).toEqual(data.profile);
    expect(await seen()).toEqual({ nickname: made(), avatarUrl: null });
    await world.deliver('checkText', `text.submitted:${target()}:1`);
    expect(await seen()).toMatchObject({ nickname: '小爱' });
    expect((await world.call(getMe, {}, { token: alice.token })).data).toMatchObject({ nickname: '小爱' });
    expect(await profile()).toMatchObject({ shown: { nickname: '小爱' }, review: { state: 'public' } });
  });

  test('WeChat is asked with the scene of a profile', async () => {
    await chooses({ nickname: '小爱' });
    const asked = jest.spyOn(world.ports.safety, 'checkText');
    await world.deliver('checkText', `text.submitted:${target()}:1`);
    expect(asked.mock.calls.map(([{ scene, content }]) => [scene, content])).toEqual([[1, '小爱']]);
  });

  test('LK14 an edit is a new version: the one that passed stays until the newest has, and a refused one is never seen', async () => {
    await chooses({ nickname: '小爱' });
    await judgeName(world, target());
    await chooses({ nickname: '违规的名字' });
    expect(await seen()).toMatchObject({ nickname: '小爱' });
    await world.deliver('checkText', `text.submitted:${target()}:2`);
    expect(await seen()).toMatchObject({ nickname: '小爱' });
    expect(await profile()).toMatchObject({
      ...{ nickname: '违规的名字', shown: { nickname: '小爱' } },
      review: { state: 'rejected', appealUntilMs: expect.any(Number) },
    });
    await chooses({ nickname: '小爱同学' });
    await judgeName(world, target());
    expect(await seen()).toMatchObject({ nickname: '小爱同学' });
  });

  test('a word about an older version makes nobody see it', async () => {
    await chooses({ nickname: '第一个' });
    await chooses({ nickname: '第二个' });
    await world.deliver('checkText', `text.submitted:${target()}:1`);
    expect(await seen()).toMatchObject({ nickname: made() });
    expect((await profile()).review).toMatchObject({ state: 'checking', version: 2 });
  });

  test('a picture is an upload of one’s own, and others get a link to it once name and picture have passed', async () => {
    const avatarId = await givenStoredFile(world, alice);
    const { data } = await chooses({ nickname: '小爱', avatarId });
    expect(data.profile.avatarUrl).toContain(avatarId);
    await judgeName(world, target());
    expect(await seen()).toEqual({ nickname: made(), avatarUrl: null });
    await judgeName(world, target(), 'pass', avatarId);
    const { nickname, avatarUrl } = await seen();
    expect([nickname, avatarUrl]).toEqual(['小爱', expect.stringContaining(`${avatarId}.png`)]);
    await chooses({ avatarId: null });
    await judgeName(world, target());
    expect(await seen()).toEqual({ nickname: '小爱', avatarUrl: null });
    expect(await profile()).toMatchObject({ avatarUrl: null, shown: { avatarUrl: null } });
  });

  test('a picture that an edit replaces is others’ until the new one has passed, and ends then', async () => {
    const [first, second] = [await givenStoredFile(world, alice), await givenStoredFile(world, alice)];
    await chooses({ avatarId: first });
    await judgeName(world, target(), 'pass', first);
    await chooses({ avatarId: second });
    expect((await seen()).avatarUrl).toContain(first);
    await judgeName(world, target(), 'risky', second);
    expect((await seen()).avatarUrl).toContain(first);
    await chooses({ avatarId: null, nickname: '小爱' });
    await judgeName(world, target());
    expect(await storedIn(world, 'uploads')).toMatchObject([{ usedBy: null }, { usedBy: null }]);
  });

  test('what staff take away is seen by nobody, and its author chooses anew or wins an appeal', async () => {
    await chooses({ nickname: '小爱' });
    await judgeName(world, target());
    await decides('remove', 1);
    expect(await seen()).toMatchObject({ nickname: made() });
    await world.call(appealReview, { target: target(), words: '误判' }, { token: alice.token });
    expect((await chooses({ nickname: '别的' })).code).toBe('review.not_editable');
    await decides('approve', 1);
    expect(await seen()).toMatchObject({ nickname: '小爱' });
    await decides('remove', 1);
    await chooses({ nickname: '小爱同学' });
    expect(await seen()).toMatchObject({ nickname: made() });
    await judgeName(world, target());
    expect(await seen()).toMatchObject({ nickname: '小爱同学' });
  });

  test('a name with a way to reach somebody goes to staff even when it passes', async () => {
    await chooses({ nickname: '加V13800138000' });
    await judgeName(world, target());
    expect(await seen()).toMatchObject({ nickname: made() });
    expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'content_review', state: 'open' }]);
    await decides('approve', 1);
    expect(await seen()).toMatchObject({ nickname: '加V13800138000' });
  });

  test('the same again, and nothing at all, is no new version', async () => {
    const first = (await chooses({ nickname: '小爱' })).data;
    expect((await chooses({ nickname: '小爱' })).data).toEqual(first);
    expect((await chooses({})).data).toEqual(first);
    const bob = await world.login('bob');
    expect((await chooses({}, bob)).data.profile.review).toBeNull();
    expect(await storedIn(world, 'profiles')).toHaveLength(1);
  });

  test('two changes at once are both kept', async () => {
    const avatarId = await givenStoredFile(world, alice);
    await Promise.all([chooses({ nickname: '小爱' }), chooses({ avatarId })]);
    expect(await profile()).toMatchObject({ nickname: '小爱', avatarUrl: expect.stringContaining(avatarId) });
  });

  test('a name from before names were checked is its owner’s alone, until they choose one', async () => {
    await givenChanged(world, users, alice.userId, { uncheckedNickname: '老名字' });
    expect(await profile()).toMatchObject({ nickname: '老名字', shown: { nickname: made() }, review: null });
    expect(await seen()).toMatchObject({ nickname: made() });
    await chooses({ nickname: '老名字' });
    await judgeName(world, target());
    expect(await seen()).toMatchObject({ nickname: '老名字' });
    expect((await users.get(world.ports.database, alice.userId)).uncheckedNickname).toBeNull();
  });

  test('upload.not_found: somebody else’s picture, and a sound', async () => {
    const bob = await world.login('bob');
    for (const avatarId of [
      await givenStoredFile(world, bob),
      await givenStoredFile(world, alice, '声音', 'audio/mpeg'),
      world.ports.ids.make('upl'),
    ])
      expect((await chooses({ avatarId })).code).toBe('upload.not_found');
    expect(await storedIn(world, 'profiles')).toEqual([]);
  });

  test('invisible characters are left out of a nickname, and an emoji stays whole', async () => {
    const { data } = await chooses({ nickname: '小\u200b爱\n👩\u200d💻\u2800' });
    expect(data.profile).toMatchObject({ nickname: '小爱 👩\u200d💻' });
  });

  test.each([
    ['a role', { role: 'admin' }],
    ['another id', { id: 'usr_01JD0000000000000000000001' }],
    ['an empty nickname', { nickname: '   ' }],
    ['a nickname that cannot be seen', { nickname: '\u200b\u2800\ufe0f' }],
    ['a nickname of 31 characters', { nickname: '长'.repeat(31) }],
    ['a nickname that turns the text around', { nickname: 'abc\u202Ecba' }],
    ['an address for a picture', { avatarId: 'https://a.example/1.png' }],
    ['what others see', { shown: { nickname: '小爱' } }],
    ['an operator object', { nickname: { $gt: '' } }],
  ])('request.invalid, and nothing changes: %s', async (_, input) => {
    const before = await exported(world);
    expect(await chooses(input)).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(await exported(world)).toEqual(before);
  });

  test('who has no picture has no link', async () => {
    expect(await avatarLink(world.ports, { avatarKey: null }, world.clock.now())).toBeNull();
  });
});

describeFunction(getProfile, () => {
  test('who never chose anything sees what others see', async () => {
    expect(await profile()).toEqual({
      ...{ nickname: made(), avatarUrl: null, shown: { nickname: made(), avatarUrl: null }, review: null },
    });
  });
});
