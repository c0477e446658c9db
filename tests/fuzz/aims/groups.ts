/** Aims for groups: who enters, and topics with what is said about them. */
import * as groups from '../../../shared/data/talk/groups.ts';
import * as topics from '../../../shared/data/talk/topics.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import type { Group } from '../../../shared/schemas/talk/group.ts';
import type { Topic } from '../../../shared/schemas/talk/topic.ts';
import { givenShown } from '../../support/given/comment.ts';
import { aGroupDraft, givenGroup } from '../../support/given/group.ts';
import type { Buyer } from '../../support/given/order.ts';
import { givenShownTopic } from '../../support/given/topic.ts';
import { givenConsent } from '../../support/given/writer.ts';
import type { Actor } from '../actors.ts';
import { type Aim, type Aiming, type Aims, newLearner, some, withBody, withPath } from './aim.ts';

/** The same person, as tests know people. */
function buyerOf({ token, userId, openid }: Actor): Buyer {
  return { token: String(token), userId: UserId.parse(userId), openid: String(openid) };
}

/** Somebody new who teaches in a new open group, and so may do all that can be done there. */
async function newTeacher(aiming: Aiming): Promise<{ readonly actor: Actor; readonly group: Group }> {
  const actor = await newLearner(aiming);
  await givenConsent(aiming.world, buyerOf(actor));
  const { id } = await givenGroup(aiming.world, { teachers: [actor.userId] });
  const group = aiming.stored.all(groups.collection).find((one) => one.id === id);
  if (group === undefined) throw new Error(`no group ${id}`);
  return { actor, group };
}

/** A group in this state; one is made first where there is none. */
async function groupIn(aiming: Aiming, states: readonly Group['state'][]): Promise<Group | null> {
  const all = () => aiming.stored.all(groups.collection).filter(({ state }) => states.includes(state));
  if (all().length === 0)
    await givenGroup(aiming.world, {}, states.includes('draft') ? 'draft' : 'published');
  return some(aiming, all());
}

const ofGroup: (...states: readonly Group['state'][]) => Aim =
  (...states) =>
  async (aiming) => {
    const group = await groupIn(aiming, states);
    return group && { input: withPath(aiming.input, { id: group.id }) };
  };

const ofOpen: Aim = async (aiming) => {
  const { group } = await newTeacher(aiming);
  return { input: withPath(aiming.input, { id: group.id }) };
};

/** A question that its teacher asks, and that everybody in its group sees. */
async function asked(aiming: Aiming): Promise<{ readonly actor: Actor; readonly topic: Topic }> {
  const { actor, group } = await newTeacher(aiming);
  const { id } = await givenShownTopic(aiming.world, buyerOf(actor), group.id, { kind: 'ask' });
  const topic = aiming.stored.all(topics.collection).find((one) => one.id === id);
  if (topic === undefined) throw new Error(`no topic ${id}`);
  return { actor, topic };
}

const ofTopic: Aim = async (aiming) => {
  const { actor, topic } = await asked(aiming);
  return { actor, input: withPath(aiming.input, { id: topic.id }) };
};

const writtenAgain: Aim = async (aiming) => {
  const { actor, topic } = await asked(aiming);
  return { actor, input: withBody(withPath(aiming.input, { id: topic.id }), { images: [] }) };
};

/** The aims by operation. */
export const groupAims: Aims = {
  createGroup: (aiming) => {
    const { id, kind, productId, teachers, assistants } = aGroupDraft(aiming.world);
    return { input: withBody(aiming.input, { id, kind, productId, teachers, assistants, coverUrl: null }) };
  },
  updateGroup: async (aiming) => {
    const group = await groupIn(aiming, ['draft', 'published']);
    const changes = { expectedVersion: group?.version, teachers: [], assistants: [], coverUrl: null };
    return group && { input: withBody(withPath(aiming.input, { id: group.id }), changes) };
  },
  publishGroup: async (aiming) => {
    const group = await groupIn(aiming, ['draft']);
    const input =
      group && withBody(withPath(aiming.input, { id: group.id }), { expectedVersion: group.version });
    return input && { input };
  },
  endGroup: ofGroup('draft', 'published', 'ended'),
  getAnyGroup: ofGroup('draft', 'published', 'ended'),
  listTopicsOf: async (aiming) => {
    const group = await groupIn(aiming, ['draft', 'published', 'ended']);
    return group && { input: withPath(aiming.input, { groupId: group.id }) };
  },
  getGroup: ofOpen,
  joinGroup: ofOpen,
  leaveGroup: ofOpen,
  updateGroupNote: ofOpen,
  createTopic: async (aiming) => {
    const { actor, group } = await newTeacher(aiming);
    const made = { id: aiming.world.ports.ids.make('top'), groupId: group.id, images: [] };
    return { actor, input: withBody(aiming.input, made) };
  },
  updateTopic: writtenAgain,
  removeTopic: ofTopic,
  getTopic: ofTopic,
  pinTopic: ofTopic,
  hideTopic: ofTopic,
  pinAnyTopic: async (aiming) => {
    const { topic } = await asked(aiming);
    return { input: withPath(aiming.input, { id: topic.id }) };
  },
  listTopics: async (aiming) => {
    const { actor, topic } = await asked(aiming);
    return { actor, input: withPath(aiming.input, { id: topic.groupId }) };
  },
  acceptComment: async (aiming) => {
    const { actor, topic } = await asked(aiming);
    const { id: commentId } = await givenShown(aiming.world, buyerOf(actor), `topic:${topic.id}`);
    return { actor, input: withBody(withPath(aiming.input, { id: topic.id }), { commentId }) };
  },
  hideComment: async (aiming) => {
    const { actor, topic } = await asked(aiming);
    const { id } = await givenShown(aiming.world, buyerOf(actor), `topic:${topic.id}`);
    return { actor, input: withPath(aiming.input, { id }) };
  },
};
