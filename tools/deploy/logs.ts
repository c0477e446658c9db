/** What the log service shall index and watch, from the data about lines and alarms in `tools/alarms.ts`. */
import { alarms, conditionOf, LINE_FIELDS, queryOf, runbookAnchor } from '../alarms.ts';
import type { DesiredAlarm, IndexField } from './desired.ts';

/** The fields of log lines that can be searched, each by itself. */
export const LOG_FIELDS: readonly IndexField[] = Object.entries(LINE_FIELDS).map(([name, type]) => ({
  name,
  type,
}));

/** Every alarm of a stage. What is sent says what it means, in both languages, and where the runbook goes on. */
export function alarmsOf(stage: string): readonly DesiredAlarm[] {
  return alarms.map((alarm) => ({
    name: `zhike-${stage} ${alarm.id}`,
    query: queryOf(alarm),
    windowMinutes: alarm.windowMinutes,
    everyMinutes: alarm.everyMinutes,
    condition: conditionOf(alarm),
    message: [
      `${alarm.zh.title}：${alarm.zh.text}`,
      `${alarm.en.title}: ${alarm.en.text}`,
      `docs/runbook.md#${runbookAnchor(alarm)}`,
    ].join('\n'),
  }));
}
