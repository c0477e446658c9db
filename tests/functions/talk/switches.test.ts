/** What the switches of `TALK` do to every route that is behind one. */
import { removeComment } from '../../../functions/talk/removeComment.ts';
import { removeTopic } from '../../../functions/talk/removeTopic.ts';
import { DEFAULT_TALK } from '../../../shared/domain/talk/talk.ts';
import type { HttpFunction } from '../../../shared/function.ts';
import type { Talk } from '../../../shared/schemas/talk/talk.ts';
import { readManifest } from '../../../tools/manifest.ts';
import { givenArticle } from '../../support/given/article.ts';
import { givenShown } from '../../support/given/comment.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenDrop } from '../../support/given/drop.ts';
import { givenGroup } from '../../support/given/group.ts';
import type { Buyer } from '../../support/given/order.ts';
import {
  anOffer,
  aQuestion,
  givenAgreed,
  givenExpert,
  givenReady,
  orderForQuestion,
} from '../../support/given/question.ts';
import { givenShare } from '../../support/given/share.ts';
import { givenMemberOf, givenShownTopic } from '../../support/given/topic.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let member: Buyer;
/** A valid input of each route that is behind a switch. */
let inputs: Readonly<Record<string, object>>;
let own: { readonly commentId: string; readonly topicId: string };

beforeEach(async () => {
  world = await createWorld();
  const { id: groupId } = await givenGroup(world);
  member = await givenMemberOf(world, groupId, 'member');
  const { productId } = await givenCourse(world, { trialDays: 3 });
  const threadId = `product:${productId}`;
  const { id: commentId } = await givenShown(world, member, threadId);
  const { id: topicId } = await givenShownTopic(world, member, groupId, { kind: 'ask' });
  const { id: articleId } = await givenArticle(world);
  const { id: dropId } = await givenDrop(world);
  own = { commentId, topicId };
  const { ids } = world.ports;
  const words = { title: '第一周', body: '我读完了第一章', images: [] };
  const said = { threadId, parentId: null, body: '讲得很清楚', stars: null };
  const comment = { id: commentId };
  const topic = { id: topicId };
  const group = { id: groupId };
  const expert = await givenExpert(world);
  await givenAgreed(world, member, 'questions');
  const question = await givenReady(world, member, expert);
  inputs = {
    applyAsExpert: { offer: anOffer() },
    createOrder: orderForQuestion(world, question),
    createQuestion: aQuestion(world, expert),
    getExpert: { id: expert.userId },
    listExperts: {},
    quoteOrder: { lines: [{ productId: question.productId, questionId: question.id }], couponId: null },
    acceptComment: { ...topic, commentId: null },
    claimDrop: { id: dropId, proof: null },
    createComment: { id: ids.make('cmt'), ...said },
    createShare: { target: 'shop' },
    createTopic: { id: ids.make('top'), groupId, kind: 'talk', ...words },
    flagContent: { target: `comment:${commentId}`, reason: 'abusive' },
    getArticle: { id: articleId },
    getDrop: { id: dropId },
    getGroup: group,
    getMyShares: {},
    getThread: { kind: 'product', id: productId },
    getTopic: topic,
    hideComment: comment,
    hideTopic: topic,
    joinGroup: group,
    leaveGroup: group,
    listArticles: {},
    listComments: { threadId },
    listGroups: {},
    listReplies: comment,
    listTopics: group,
    pinTopic: { ...topic, isPinned: true },
    recordVisit: { token: (await givenShare(world, member)).token },
    setMark: { kind: 'like', target: commentId },
    startTrial: { id: productId },
    updateComment: { ...comment, body: '改过的话', stars: null },
    updateGroupNote: { ...group, isMuted: true },
    updateTopic: { ...topic, ...words },
  };
});
afterEach(() => world.close());

/** Every route that says it may be switched off. */
async function switched(): Promise<ReadonlyMap<string, HttpFunction>> {
  const { functions } = await readManifest();
  return new Map(
    functions.flatMap(({ name, own: each }) =>
      each.kind === 'http' && each.contract.errors.some((code) => code === 'feature.off')
        ? [[name, each] as const]
        : [],
    ),
  );
}

/** What each of these routes answers while the features stand so: its code, or `ok`. */
async function answers(talk: Talk, isMeant: (route: string) => boolean): Promise<Record<string, string>> {
  Object.assign(world.ports.settings, { talk });
  const found: Record<string, string> = {};
  for (const [name, each] of await switched()) {
    if (!isMeant(each.contract.route)) continue;
    world.clock.advance(120_000);
    const { code } = await world.call(each, inputs[name] ?? {}, member);
    found[name] = code ?? 'ok';
  }
  return found;
}

const READ = 'read' as const;
const ALL_READ: Talk = {
  ...DEFAULT_TALK,
  ...{ comments: READ, topics: READ, groups: READ, articles: READ, drops: READ, trials: READ, shares: READ },
  questions: READ,
  needsPhone: false,
};
/** What is still done where nothing is written: people come and go, and who tends a place tends it. */
const DONE_WHERE_READ = [
  'hideComment',
  'hideTopic',
  'joinGroup',
  'leaveGroup',
  'recordVisit',
  'updateGroupNote',
];

test('LK28: while all is off, no route that is behind a switch answers anything', async () => {
  expect([...(await switched()).keys()].sort()).toEqual(Object.keys(inputs).sort());
  const codes = await answers({ ...DEFAULT_TALK, needsPhone: false }, () => true);
  expect(Object.entries(codes).filter(([, code]) => code !== 'feature.off')).toEqual([]);
});

test('LK28: where it may only be read, what is there is read, and nothing is written', async () => {
  const shown = await answers(ALL_READ, (route) => route.startsWith('GET '));
  expect(Object.values(shown).filter((code) => code !== 'ok')).toEqual([]);
  const others = await answers(ALL_READ, (route) => !route.startsWith('GET '));
  const done = Object.keys(others).filter((name) => others[name] !== 'feature.off');
  expect(done.sort()).toEqual(DONE_WHERE_READ);
});

test('LK28: what one wrote is one’s own to delete, whatever is switched off', async () => {
  Object.assign(world.ports.settings, { talk: DEFAULT_TALK });
  expect((await world.call(removeComment, { id: own.commentId }, member)).status).toBe(200);
  expect((await world.call(removeTopic, { id: own.topicId }, member)).status).toBe(200);
});
