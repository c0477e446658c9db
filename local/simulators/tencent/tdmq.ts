/** The simulated broker's console: topics and what they push to. Shapes: `tdmq_models.d.ts` of SDK 4.1.313. */
import * as z from 'zod';
import type { CloudState } from './state.ts';
import { CloudRefused } from './wire.ts';

const Name = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/);
const Page = { Offset: z.int().min(0).default(0), Limit: z.int().min(1).max(50).default(20) };

/** What the actions are asked with. */
export const tdmqWords = {
  DescribeCmqTopics: z.strictObject({ ...Page, TopicNameList: z.array(Name).optional() }),
  CreateCmqTopic: z.strictObject({
    TopicName: Name,
    MaxMsgSize: z.int().min(1024).max(65_536).default(65_536),
    Tags: z.array(z.strictObject({ TagKey: z.string(), TagValue: z.string() })).default([]),
  }),
  DescribeCmqSubscriptionDetail: z.strictObject({ ...Page, TopicName: Name }),
  CreateCmqSubscribe: z.strictObject({
    TopicName: Name,
    SubscriptionName: Name,
    Protocol: z.enum(['http', 'queue']),
    Endpoint: z.string().regex(/^http:\/\//),
    NotifyStrategy: z.enum(['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY']).default('EXPONENTIAL_DECAY_RETRY'),
    NotifyContentFormat: z.enum(['JSON', 'SIMPLIFIED']).default('JSON'),
  }),
  DeleteCmqSubscribe: z.strictObject({ TopicName: Name, SubscriptionName: Name }),
} as const;

type Handlers = {
  readonly [A in keyof typeof tdmqWords]: (
    asked: z.output<(typeof tdmqWords)[A]>,
    state: CloudState,
  ) => object;
};

function topicOf(state: CloudState, name: string) {
  const own = state.topics[name];
  if (own === undefined) throw new CloudRefused('ResourceNotFound', `no topic ${name}`);
  return own;
}

/** What each action does. @throws CloudRefused */
export const tdmq: Handlers = {
  DescribeCmqTopics: ({ Offset, Limit, TopicNameList }, { topics }) => {
    const all = Object.entries(topics)
      .filter(([name]) => TopicNameList === undefined || TopicNameList.includes(name))
      .map(([TopicName, { tags }]) => ({
        TopicName,
        Status: 1,
        Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
      }));
    return { TopicList: all.slice(Offset, Offset + Limit), TotalCount: all.length };
  },
  CreateCmqTopic: ({ TopicName, Tags }, { topics }) => {
    if (topics[TopicName] !== undefined) throw new CloudRefused('ResourceInUse', `there is ${TopicName}`);
    const tags = Object.fromEntries(Tags.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
    topics[TopicName] = { tags, subscriptions: {} };
    return { TopicId: `topic-${TopicName}` };
  },
  DescribeCmqSubscriptionDetail: ({ Offset, Limit, TopicName }, state) => {
    const all = Object.entries(topicOf(state, TopicName).subscriptions).map(([SubscriptionName, own]) => ({
      SubscriptionName,
      TopicName,
      ...own,
    }));
    return { SubscriptionSet: all.slice(Offset, Offset + Limit), TotalCount: all.length };
  },
  CreateCmqSubscribe: ({ TopicName, SubscriptionName, Protocol, Endpoint, NotifyStrategy }, state) => {
    const { subscriptions } = topicOf(state, TopicName);
    if (subscriptions[SubscriptionName] !== undefined)
      throw new CloudRefused('ResourceInUse', `there is ${SubscriptionName}`);
    subscriptions[SubscriptionName] = { Protocol, Endpoint, NotifyStrategy };
    return { SubscriptionId: `sub-${SubscriptionName}` };
  },
  DeleteCmqSubscribe: ({ TopicName, SubscriptionName }, state) => {
    const { subscriptions } = topicOf(state, TopicName);
    if (subscriptions[SubscriptionName] === undefined)
      throw new CloudRefused('ResourceNotFound', `no ${SubscriptionName}`);
    delete subscriptions[SubscriptionName];
    return {};
  },
};
