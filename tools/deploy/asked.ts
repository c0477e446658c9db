/** How what is desired is said to the platform, and in which form it is compared with what the platform answers. */
import { descOf, type Settings } from './actual.ts';
import type { Asked } from './cloud.ts';
import {
  canonical,
  type Desired,
  type DesiredAlarm,
  type DesiredTrigger,
  type DesiredUnit,
  type IndexField,
  nameOf,
  TAG,
} from './desired.ts';

/** What a function's configuration shall read back as. */
export function settingsOf(desired: Desired, unit: DesiredUnit, logTopicId: string): Settings {
  return {
    description: `${nameOf(desired.release)} configuration #${unit.configDigest}`,
    memoryMb: unit.memoryMb,
    timeoutSeconds: unit.timeoutSeconds,
    initTimeoutSeconds: unit.initTimeoutSeconds,
    concurrency: unit.concurrency,
    environment: unit.environment,
    role: desired.role,
    vpcId: desired.vpc?.vpcId ?? '',
    subnetId: desired.vpc?.subnetId ?? '',
    logsetId: desired.logs.logsetId,
    logTopicId,
    isPublic: true,
  };
}

/** The fields of a configuration, as creating and changing a function take them. */
export function configurationOf(settings: Settings, unit: DesiredUnit) {
  return {
    Description: settings.description,
    MemorySize: settings.memoryMb,
    Timeout: settings.timeoutSeconds,
    InitTimeout: settings.initTimeoutSeconds,
    Environment: {
      Variables: Object.entries(settings.environment).map(([Key, Value]) => ({ Key, Value })),
    },
    Role: settings.role,
    ...(settings.vpcId === '' ? {} : { VpcConfig: { VpcId: settings.vpcId, SubnetId: settings.subnetId } }),
    ClsLogsetId: settings.logsetId,
    ClsTopicId: settings.logTopicId,
    // WeChat is reached over the public network, also from a private one.
    PublicNetConfig: { PublicNetStatus: 'ENABLE', EipConfig: { EipStatus: 'DISABLE' } },
    ...(unit.type === 'web'
      ? { InstanceConcurrencyConfig: { DynamicEnabled: 'FALSE', MaxConcurrency: unit.concurrency } }
      : {}),
  } as const;
}

/** The tag that makes a thing ours. */
export const tagsOf = ({ stage }: Pick<Desired, 'stage'>) => [{ Key: TAG, Value: stage }];

/** A trigger's description, in the form in which it is compared. */
export function triggerDesc(trigger: DesiredTrigger): string {
  switch (trigger.type) {
    case 'timer':
      return trigger.cron;
    case 'http':
      return descOf('http', triggerAsked(trigger));
    case 'cmq':
      return '';
  }
}

/** A trigger's description, as it is given. */
export function triggerAsked(trigger: DesiredTrigger): string {
  if (trigger.type === 'timer') return trigger.cron;
  if (trigger.type === 'cmq') return '';
  return JSON.stringify({ AuthType: 'NONE', NetConfig: { EnableIntranet: false, EnableExtranet: true } });
}

/** The paths of the domain, each as `namespace/unit@alias`. */
export function domainPaths({ domain, namespace }: Desired): Readonly<Record<string, string>> {
  return Object.fromEntries(domain.paths.map(({ path, unit }) => [path, `${namespace}/${unit}@$DEFAULT`]));
}

/** The domain, as it is asked for. */
export function domainAsked({ domain, namespace }: Desired) {
  return {
    Domain: domain.host,
    Protocol: domain.protocol,
    EndpointsConfig: domain.paths.map(({ path, unit }) => ({
      Namespace: namespace,
      FunctionName: unit,
      Qualifier: '$DEFAULT',
      PathMatch: path,
    })),
    ...(domain.certificateId === null ? {} : { CertConfig: { CertificateId: domain.certificateId } }),
  };
}

/** The fields of an index, in the form in which they are compared. */
export const indexContent = (fields: readonly IndexField[]) =>
  canonical(fields.map(({ name, type }) => [name, type]));

/** The index of the log lines: every field by itself, and nothing of the whole text. */
export function indexRule(fields: readonly IndexField[]): Asked<'cls', 'CreateIndex'>['Rule'] {
  return {
    KeyValue: {
      CaseSensitive: true,
      KeyValues: fields.map(({ name, type }) => ({
        Key: name,
        Value: { Type: type, SqlFlag: true, Tokenizer: '', ContainZH: false },
      })),
    },
  };
}

/** An alarm, as it is asked for. */
export function alarmRequest({ logs, noticeIds }: Desired, alarm: DesiredAlarm, topicId: string) {
  return {
    Name: alarm.name,
    AlarmTargets: [
      {
        TopicId: topicId,
        LogsetId: logs.logsetId,
        Query: alarm.query,
        Number: 1,
        StartTimeOffset: -alarm.windowMinutes,
        EndTimeOffset: 0,
        SyntaxRule: 1,
      },
    ],
    MonitorTime: { Type: 'Period', Time: alarm.everyMinutes },
    Condition: alarm.condition,
    TriggerCount: 1,
    AlarmPeriod: 60,
    AlarmLevel: 0,
    Status: true,
    MessageTemplate: alarm.message,
    AlarmNoticeIds: [...noticeIds],
  };
}
