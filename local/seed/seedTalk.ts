/**
 * Lets a few learners talk in a new shop, over its API as everybody does. So what they say is checked, counted and kept
 * like anything else, and the first person who looks around does not stand in empty rooms.
 */
import { createClient, ZhikeError } from '../../client/client.ts';
import { seedGroupId } from './rooms.ts';
import { seedUlid } from './seedUlid.ts';

type Client = ReturnType<typeof createClient>;

/** The free course, which each of them takes. */
const FREE = `prd_${seedUlid(20)}`;
const COURSE = `product:${FREE}`;
const commentId = (number: number) => `cmt_${seedUlid(number)}`;
const topicId = (number: number) => `top_${seedUlid(number)}`;

const TRIES = 100;
const BETWEEN_MS = 50;
/** What is answered where the course is not there yet, and where what was just written is not shown yet. */
const EARLY: readonly string[] = [
  'group.not_found',
  'stars.not_owner',
  'comment.not_found',
  'thread.not_found',
];

/** A comment: who says it, where, to which of the comments above it, with how many stars. */
interface Said {
  readonly by: string;
  readonly in: string;
  readonly to?: number;
  readonly stars?: 1 | 2 | 3 | 4 | 5;
  readonly body: string;
}

const PEOPLE = ['林一帆', '周小雨', '老陈', '阿木'];

const TOPICS = [
  {
    by: '周小雨',
    kind: 'ask',
    title: '“提取”和做题有什么区别？',
    body: '第二节说要合上书想一遍。如果没有题目可做，想的时候怎么知道自己想对了？',
  },
  {
    by: '老陈',
    kind: 'talk',
    title: '我的一周：每天二十分钟',
    body: '周一看第一节，周二只回忆不看，周三看第二节。到周五，前两节还能讲个大概。比以前一口气看完强。',
  },
] as const;

/** In the order of their numbers, from 1. */
const COMMENTS: readonly Said[] = [
  {
    by: '林一帆',
    in: COURSE,
    stars: 5,
    body: '第一节就说服我把荧光笔收起来了。方法不新，但讲清了为什么，也给了每天能照着做的表。',
  },
  { by: '周小雨', in: COURSE, stars: 4, body: '例子很具体。希望第三节再多讲一点怎么安排间隔。' },
  { by: '老陈', in: COURSE, to: 2, body: '我是按 1、3、7 天排的，供参考。' },
  { by: '阿木', in: COURSE, stars: 5, body: '免费课能做到这个程度，很难得。' },
  {
    by: '林一帆',
    in: `topic:${topicId(1)}`,
    body: '我的做法：先写下想到的三条，再翻书核对，错的那条第二天再想一次。',
  },
  { by: '阿木', in: `topic:${topicId(1)}`, body: '讲给同事听也行，他一追问就知道哪里没懂。' },
];

/** Somebody at their phone, who takes the free course and agrees to the rules of talking. */
async function arrive(api: string, simulators: string, number: number): Promise<Client> {
  const asked = { method: 'POST', body: JSON.stringify({ name: `learner${number}` }) };
  const answer = await fetch(`${simulators}/phone/login`, asked);
  const { code } = (await answer.json()) as { readonly code: string };
  let token: string | null = null;
  const client = createClient({ baseUrl: api, token: () => token });
  token = (await client.login({ code })).token;
  await client.updateProfile({ nickname: PEOPLE[number - 1] });
  const { version } = await client.getLegalText({ kind: 'community' });
  await client.giveConsent({ kind: 'community', version, page: 'talk/write', appVersion: '1.0.0' });
  const orderId = `ord_${seedUlid(number)}`;
  await client.createOrder({ orderId, lines: [{ productId: FREE }], couponId: null, shownFen: 0 });
  return client;
}

/**
 * Says something where its author may be a moment too early. @throws ZhikeError when it cannot be said in five seconds
 */
async function soon(say: () => Promise<unknown>): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    try {
      await say();
      return;
    } catch (caught) {
      const isEarly = caught instanceof ZhikeError && EARLY.includes(caught.code);
      if (!isEarly || left === 0) throw caught;
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    }
  }
}

/**
 * Lets them talk, unless they have before, or talking is switched off. Ids are the same on every laptop, so a start
 * that was cut off is gone on with by the next one.
 * @throws ZhikeError
 */
export async function seedTalk({ api, simulators }: { readonly api: string; readonly simulators: string }) {
  const anybody = createClient({ baseUrl: api, token: () => null });
  const { comments, topics, groups } = await anybody.getFeatures({});
  if ([comments, topics, groups].some((state) => state !== 'on')) return;
  const { items } = await anybody.listComments({ threadId: COURSE });
  if (items.length > 0) return;
  const people = new Map<string, Client>();
  for (const [index, name] of PEOPLE.entries()) people.set(name, await arrive(api, simulators, index + 1));
  const personOf = (name: string): Client => {
    const client = people.get(name);
    if (client === undefined) throw new Error(`${name} is nobody`);
    return client;
  };
  for (const [index, { by, ...words }] of TOPICS.entries()) {
    const topic = { id: topicId(index + 1), groupId: seedGroupId(1), ...words, images: [] };
    await soon(() => personOf(by).createTopic(topic));
  }
  for (const [index, { by, in: threadId, to, stars = null, body }] of COMMENTS.entries()) {
    const parentId = to === undefined ? null : commentId(to);
    const comment = { id: commentId(index + 1), threadId, parentId, body, stars };
    await soon(() => personOf(by).createComment(comment));
  }
}
