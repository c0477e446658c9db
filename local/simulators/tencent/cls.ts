/** The simulated log service's console: topics, indexes, alarms. Shapes: `cls_models.d.ts` of SDK 4.1.313. */
import * as z from 'zod';
import type { CloudLogTopic, CloudState } from './state.ts';
import { CloudRefused } from './wire.ts';

const Filters = z.array(z.strictObject({ Key: z.string(), Values: z.array(z.string()).max(5) })).max(10);
const Page = { Offset: z.int().min(0).default(0), Limit: z.int().min(1).max(100).default(20) };
const Tags = z.array(z.strictObject({ Key: z.string(), Value: z.string() })).max(10);
const Rule = z.record(z.string(), z.unknown());

const Target = z.strictObject({
  TopicId: z.string(),
  LogsetId: z.string(),
  Query: z.string().min(1),
  Number: z.int().min(1),
  StartTimeOffset: z.int().min(-1440).max(0),
  EndTimeOffset: z.int().min(-1440).max(0),
  SyntaxRule: z.literal([0, 1]).default(0),
});
const alarm = {
  Name: z
    .string()
    .max(255)
    .regex(/^[^|]+$/),
  AlarmTargets: z.array(Target).min(1).max(10),
  MonitorTime: z.strictObject({ Type: z.literal('Period'), Time: z.int().min(1).max(1440) }),
  TriggerCount: z.int().min(1).max(10),
  AlarmPeriod: z.int().min(0).max(1440),
  Condition: z.string().min(1),
  AlarmLevel: z.literal([0, 1, 2]),
  Status: z.boolean(),
  MessageTemplate: z.string(),
  AlarmNoticeIds: z.array(z.string()).min(1).max(10),
};

/** What the actions are asked with. */
export const clsWords = {
  DescribeTopics: z.strictObject({
    ...Page,
    Filters: Filters.default([]),
    PreciseSearch: z.int().default(0),
  }),
  CreateTopic: z.strictObject({
    LogsetId: z.string(),
    TopicName: z.string().regex(/^[^|]+$/),
    Period: z.int().min(1).max(3600),
    Tags: Tags.default([]),
  }),
  DescribeIndex: z.strictObject({ TopicId: z.string() }),
  CreateIndex: z.strictObject({ TopicId: z.string(), Rule }),
  ModifyIndex: z.strictObject({ TopicId: z.string(), Rule }),
  DescribeAlarms: z.strictObject({ ...Page, Filters: Filters.default([]) }),
  CreateAlarm: z.strictObject({ ...alarm, Tags: Tags.default([]) }),
  ModifyAlarm: z.strictObject({ ...alarm, AlarmId: z.string() }),
} as const;

type Handlers = {
  readonly [A in keyof typeof clsWords]: (asked: z.output<(typeof clsWords)[A]>, state: CloudState) => object;
};

const listed = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const tagsOf = (given: readonly { readonly Key: string; readonly Value: string }[]) =>
  Object.fromEntries(given.map(({ Key, Value }) => [Key, Value]));

function topicOf(state: CloudState, id: string): CloudLogTopic {
  const own = Object.values(state.logTopics).find((each) => each.id === id);
  if (own === undefined) throw new CloudRefused('ResourceNotFound.TopicNotExist', `no topic ${id}`);
  return own;
}

function newId(state: CloudState, kind: string): string {
  state.nextId += 1;
  return `${kind}-${state.nextId}`;
}

/** What each action does. @throws CloudRefused */
export const cls: Handlers = {
  DescribeTopics: ({ Offset, Limit, Filters: filters }, { logTopics }) => {
    const wanted = (key: string) => filters.find(({ Key }) => Key === key)?.Values;
    const all = Object.values(logTopics)
      .filter(({ name }) => wanted('topicName')?.includes(name) ?? true)
      .filter(({ logsetId }) => wanted('logsetId')?.includes(logsetId) ?? true)
      .map((own) => ({
        LogsetId: own.logsetId,
        TopicId: own.id,
        TopicName: own.name,
        Period: own.periodDays,
        Index: own.index !== null,
        Tags: listed(own.tags),
      }));
    return { Topics: all.slice(Offset, Offset + Limit), TotalCount: all.length };
  },
  CreateTopic: ({ LogsetId, TopicName, Period, Tags: tags }, state) => {
    const key = `${LogsetId}/${TopicName}`;
    if (state.logTopics[key] !== undefined)
      throw new CloudRefused('FailedOperation.TopicIsExist', `there is a topic ${TopicName}`);
    const id = newId(state, 'topic');
    state.logTopics[key] = {
      id,
      logsetId: LogsetId,
      name: TopicName,
      periodDays: Period,
      tags: tagsOf(tags),
      index: null,
    };
    return { TopicId: id };
  },
  DescribeIndex: ({ TopicId }, state) => {
    const { index } = topicOf(state, TopicId);
    if (index === null) throw new CloudRefused('ResourceNotFound.IndexNotExist', 'there is no index');
    return { TopicId, Status: true, Rule: index };
  },
  CreateIndex: ({ TopicId, Rule: rule }, state) => {
    const own = topicOf(state, TopicId);
    if (own.index !== null) throw new CloudRefused('FailedOperation.IndexIsExist', 'there is an index');
    own.index = rule;
    return {};
  },
  ModifyIndex: ({ TopicId, Rule: rule }, state) => {
    topicOf(state, TopicId).index = rule;
    return {};
  },
  DescribeAlarms: ({ Offset, Limit }, { alarms }) => {
    const all = Object.values(alarms).map(({ id, given, tags }) => ({
      ...given,
      AlarmId: id,
      Tags: listed(tags),
    }));
    return { Alarms: all.slice(Offset, Offset + Limit), TotalCount: all.length };
  },
  CreateAlarm: ({ Tags: tags, ...given }, state) => {
    for (const { TopicId } of given.AlarmTargets) topicOf(state, TopicId);
    const id = newId(state, 'alarm');
    state.alarms[id] = { id, tags: tagsOf(tags), given };
    return { AlarmId: id };
  },
  ModifyAlarm: ({ AlarmId, ...given }, state) => {
    const own = state.alarms[AlarmId];
    if (own === undefined) throw new CloudRefused('ResourceNotFound.AlarmNotExist', `no ${AlarmId}`);
    for (const { TopicId } of given.AlarmTargets) topicOf(state, TopicId);
    own.given = given;
    return {};
  },
};
