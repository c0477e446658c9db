/** Aims for what people say to each other: comments and replies. */
import * as comments from '../../../shared/data/talk/comments.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { ThreadId } from '../../../shared/schemas/talk/thread.ts';
import { givenShown } from '../../support/given/comment.ts';
import { givenWritten } from '../../support/given/review.ts';
import { givenConsent } from '../../support/given/writer.ts';
import {
  type Aim,
  type Aiming,
  type Aims,
  newLearner,
  productsIn,
  some,
  withBody,
  withPath,
  withQuery,
} from './aim.ts';

/** Somebody new who has agreed to the community's rules. */
async function newWriter(aiming: Aiming) {
  const actor = await newLearner(aiming);
  await givenConsent(aiming.world, { token: String(actor.token) });
  return actor;
}

/** The thread of a random product on sale. */
function threadIn(aiming: Aiming): string | null {
  const product = some(aiming, productsIn(aiming, 'published'));
  return product === null ? null : `product:${product.id}`;
}

/** A comment on a product on sale, which everybody sees; one is written first where there is none. */
export async function shownIn(aiming: Aiming) {
  const open = new Set<string>(productsIn(aiming, 'published').map(({ id }) => `product:${id}`));
  const all = () =>
    aiming.stored
      .all(comments.collection)
      .filter((each) => each.isShown && each.parentId === null && open.has(each.threadId));
  const threadId = threadIn(aiming);
  if (all().length === 0 && threadId !== null) {
    const { name, token, userId, openid } = await newWriter(aiming);
    if (userId !== null && token !== null && openid !== null)
      await givenShown(aiming.world, { token, userId: userId as never, openid }, threadId, { body: name });
  }
  return some(aiming, all());
}

/** What somebody new has just written, with these changes of it. */
const ofOwn: (changes: Readonly<Record<string, unknown>> | null) => Aim = (changes) => async (aiming) => {
  const threadId = threadIn(aiming);
  const actor = await newWriter(aiming);
  if (threadId === null || actor.userId === null) return null;
  const own = { threadId: ThreadId.parse(threadId) };
  const { id } = await givenWritten(aiming.world, { userId: UserId.parse(actor.userId) }, '原来的话', own);
  const input = withPath(aiming.input, { id });
  return { actor, input: changes === null ? input : withBody(input, { ...changes, stars: null }) };
};

/** The aims by operation. */
export const talkAims: Aims = {
  createComment: async (aiming) => {
    const threadId = threadIn(aiming);
    if (threadId === null) return null;
    const { chance } = aiming;
    const above = chance() < 0.3 ? await shownIn(aiming) : null;
    const asked = {
      id: aiming.world.ports.ids.make('cmt'),
      threadId: above?.threadId ?? threadId,
      parentId: above?.id ?? null,
      stars: null,
    };
    return { actor: await newWriter(aiming), input: withBody(aiming.input, asked) };
  },
  updateComment: ofOwn({ body: '改过的话' }),
  removeComment: ofOwn(null),
  listComments: (aiming) => {
    const threadId = threadIn(aiming);
    return threadId === null ? null : { input: withQuery(aiming.input, { threadId }) };
  },
  listReplies: async (aiming) => {
    const found = await shownIn(aiming);
    return found && { input: withPath(aiming.input, { id: found.id }) };
  },
  getThread: (aiming) => {
    const product = some(aiming, productsIn(aiming, 'published'));
    return product && { input: withPath(aiming.input, { kind: 'product', id: product.id }) };
  },
};
