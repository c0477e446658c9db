/**
 * The alarms, as data: which lines of the log are looked at, what is figured from them, and when that is alarming.
 * The same data becomes a query of the log service (CLS), the state on the local page, and the tests.
 *
 * Only fields at the top of a line are used, because the platform parses no deeper (583/46772, “Custom Log Fields”),
 * and no more than a day, because the log service looks back no further (614/39574, “Query Time Range”).
 */

/** One condition on a line: a field that is there, that is one of some values, or that is at least so large. */
export type Clause =
  | { readonly field: LineField; readonly isThere: true }
  | { readonly field: LineField; readonly isOneOf: readonly string[] }
  | { readonly field: LineField; readonly atLeast: number };

/**
 * What is figured from the lines that are looked at. `count`: how many meet the clause. `percent`: their share.
 * `max` and `p99`: of a field, over the lines that have it; nothing when none has.
 */
export type Figure =
  | { readonly count: Clause }
  | { readonly percent: Clause }
  | { readonly max: LineField }
  | { readonly p99: LineField };

/** A sentence, and what it means, in one language. */
interface Words {
  readonly title: string;
  readonly text: string;
}

/** An alarm. */
export interface Alarm {
  /** Also the anchor in the runbook: `alarm-<id>`. */
  readonly id: string;
  readonly zh: Words;
  readonly en: Words;
  /** The lines that are looked at: those that meet every clause. */
  readonly among: readonly Clause[];
  /** What is figured from them, by name. */
  readonly figures: Readonly<Record<string, Figure>>;
  /** It is on when all of these hold. A figure that is nothing is neither above nor below. */
  readonly when: readonly (
    | { readonly figure: string; readonly above: number }
    | { readonly figure: string; readonly below: number }
  )[];
  readonly windowMinutes: number;
  /** How often it is looked at. */
  readonly everyMinutes: number;
}

/**
 * The fields of lines that the log service has to index, with their types there. They are what alarms use, and what
 * people search by. (`by` and `byKind` say which call wrote a line that is not a call's own.)
 */
export const LINE_FIELDS = {
  level: 'text',
  requestId: 'text',
  traceId: 'text',
  function: 'text',
  kind: 'text',
  outcome: 'text',
  code: 'text',
  ms: 'long',
  status: 'long',
  roundTrips: 'long',
  reruns: 'long',
  cold: 'text',
  eventId: 'text',
  topic: 'text',
  ageMs: 'long',
  attempt: 'long',
  task: 'text',
  death: 'text',
  by: 'text',
  byKind: 'text',
  paid: 'text',
  rail: 'text',
  breaker: 'text',
  look: 'text',
  platformRefused: 'text',
  verdict: 'text',
  deadTasks: 'long',
  waitingTasks: 'long',
  oldestTaskMs: 'long',
  waitingCases: 'long',
  openDifferences: 'long',
  lookAgeMs: 'long',
} as const satisfies Readonly<Record<string, 'text' | 'long'>>;
/** The name of one of these fields. */
export type LineField = keyof typeof LINE_FIELDS;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const CALLS: Clause = {
  field: 'kind',
  isOneOf: ['http', 'callback', 'push', 'consumer', 'outward', 'timer'],
};
const REQUESTS: Clause = { field: 'kind', isOneOf: ['http', 'callback'] };
/** The line that `watchBacklog` writes each minute. */
const BACKLOG: Clause = { field: 'oldestTaskMs', isThere: true };

/** All alarms, the gravest first. */
export const alarms: readonly Alarm[] = [
  {
    id: 'paid-unheard',
    zh: {
      title: '支付回调丢失',
      text: '一小时内有订单靠查询才得知已支付，却没有一笔来自回调：回调很可能到不了我们',
    },
    en: {
      title: 'Callbacks are lost',
      text: 'Within an hour orders were found paid by asking, and none by a callback: callbacks most likely do not reach us',
    },
    among: [{ field: 'paid', isThere: true }],
    figures: {
      asked: { count: { field: 'byKind', isOneOf: ['timer', 'http', 'consumer', 'outward'] } },
      told: { count: { field: 'byKind', isOneOf: ['callback'] } },
    },
    when: [
      { figure: 'asked', above: 0 },
      { figure: 'told', below: 1 },
    ],
    windowMinutes: 60,
    everyMinutes: 10,
  },
  {
    id: 'server-errors',
    zh: { title: '接口错误过多', text: '10 分钟内超过 0.5% 的请求以 5xx 结束（至少 3 次）' },
    en: {
      title: 'Requests fail',
      text: 'Within 10 minutes more than 0.5 % of requests, and at least 3, ended with a 5xx',
    },
    among: [REQUESTS],
    figures: {
      percent: { percent: { field: 'status', atLeast: 500 } },
      failures: { count: { field: 'status', atLeast: 500 } },
    },
    when: [
      { figure: 'percent', above: 0.5 },
      { figure: 'failures', above: 2 },
    ],
    windowMinutes: 10,
    everyMinutes: 5,
  },
  {
    id: 'slow-callbacks',
    zh: { title: '回调处理过慢', text: '15 分钟内回调处理时间的 99 分位超过 2 秒，平台可能判定超时而重发' },
    en: {
      title: 'Callbacks are slow',
      text: 'Within 15 minutes the 99th percentile of callbacks is above 2 seconds, so platforms may give up and repeat',
    },
    among: [{ field: 'kind', isOneOf: ['callback'] }],
    figures: { p99: { p99: 'ms' } },
    when: [{ figure: 'p99', above: 2_000 }],
    windowMinutes: 15,
    everyMinutes: 5,
  },
  {
    id: 'refused-as-ours',
    zh: { title: '平台不认我们的账号或密钥', text: '平台因我方的账号、密钥、权限或地址拒绝了调用' },
    en: {
      title: 'A platform refuses our account',
      text: 'A platform refused calls because of our account, key, permission or address',
    },
    among: [{ field: 'platformRefused', isThere: true }],
    figures: { refusals: { count: { field: 'verdict', isOneOf: ['ours'] } } },
    when: [{ figure: 'refusals', above: 0 }],
    windowMinutes: 15,
    everyMinutes: 5,
  },
  {
    id: 'breaker-open',
    zh: { title: '熔断已打开', text: '对某个平台接口的调用被熔断：它没有应答，或一直拒绝我们' },
    en: {
      title: 'A breaker is open',
      text: 'Calls to an endpoint of a platform are held back: it does not answer, or keeps refusing us',
    },
    among: [{ field: 'breaker', isThere: true }],
    figures: { opened: { count: { field: 'outcome', isOneOf: ['open'] } } },
    when: [{ figure: 'opened', above: 0 }],
    windowMinutes: 15,
    everyMinutes: 5,
  },
  {
    id: 'dead-tasks',
    zh: { title: '有任务已放弃', text: '有任务不再重试，等待人工处理' },
    en: { title: 'Tasks were given up', text: 'Tasks are no longer retried, and wait for staff' },
    among: [BACKLOG],
    figures: { dead: { max: 'deadTasks' } },
    when: [{ figure: 'dead', above: 0 }],
    windowMinutes: 5,
    everyMinutes: 5,
  },
  {
    id: 'late-tasks',
    zh: { title: '任务积压', text: '最久的任务到期后已等待超过 5 分钟' },
    en: {
      title: 'Tasks are late',
      text: 'The task that has waited longest has been due for more than 5 minutes',
    },
    among: [BACKLOG],
    figures: { oldestMs: { max: 'oldestTaskMs' } },
    when: [{ figure: 'oldestMs', above: 5 * MINUTE_MS }],
    windowMinutes: 5,
    everyMinutes: 5,
  },
  {
    id: 'conflicts',
    zh: { title: '事务冲突过多', text: '10 分钟内超过 1% 的调用因事务冲突而放弃（至少 3 次）' },
    en: {
      title: 'Transactions give up',
      text: 'Within 10 minutes more than 1 % of calls, and at least 3, gave up because of conflicting transactions',
    },
    among: [CALLS],
    figures: {
      percent: { percent: { field: 'code', isOneOf: ['database.conflict'] } },
      failures: { count: { field: 'code', isOneOf: ['database.conflict'] } },
    },
    when: [
      { figure: 'percent', above: 1 },
      { figure: 'failures', above: 2 },
    ],
    windowMinutes: 10,
    everyMinutes: 5,
  },
  {
    id: 'timers-silent',
    zh: {
      title: '定时任务没有运行',
      text: '10 分钟没有收到每分钟一次的积压记录：定时器停了，或数据库不可用',
    },
    en: {
      title: 'Timers do not run',
      text: 'For 10 minutes the line of each minute is missing: the timers have stopped, or the database is away',
    },
    among: [BACKLOG],
    figures: { lines: { count: BACKLOG } },
    when: [{ figure: 'lines', below: 1 }],
    windowMinutes: 10,
    everyMinutes: 5,
  },
  {
    id: 'look-failed',
    zh: { title: '夜间核对发现问题', text: '夜间核对发现矛盾、有数据读不出，或一夜没有看完' },
    en: {
      title: 'The nightly look found something',
      text: 'The nightly look found a contradiction, could not read something, or did not end in its night',
    },
    among: [{ field: 'look', isThere: true }],
    figures: { troubles: { count: { field: 'outcome', isOneOf: ['wrong', 'failed', 'unfinished'] } } },
    when: [{ figure: 'troubles', above: 0 }],
    windowMinutes: 60,
    everyMinutes: 30,
  },
  {
    id: 'look-absent',
    zh: { title: '夜间核对没有完成', text: '距上一次完成夜间核对已超过 26 小时' },
    en: { title: 'No nightly look', text: 'The last nightly look ended more than 26 hours ago' },
    among: [BACKLOG],
    figures: { ageMs: { max: 'lookAgeMs' } },
    when: [{ figure: 'ageMs', above: 26 * HOUR_MS }],
    windowMinutes: 10,
    everyMinutes: 30,
  },
  {
    id: 'waiting-long',
    zh: { title: '有事项等待已久', text: '有退款、订单、任务、道具或账单等待了近一天，事项已交给工作人员' },
    en: {
      title: 'Something waits for a day',
      text: 'A refund, an order, a task, goods or a bill has waited for most of a day, and staff have a case about it',
    },
    among: [BACKLOG],
    figures: { cases: { max: 'waitingCases' } },
    when: [{ figure: 'cases', above: 0 }],
    windowMinutes: 10,
    everyMinutes: 30,
  },
  {
    id: 'differences',
    zh: { title: '对账有差异', text: '平台账单与我们的账目有未了结的差异' },
    en: {
      title: 'Bills differ',
      text: 'A bill of a platform and our books differ, and nobody has settled it',
    },
    among: [BACKLOG],
    figures: { cases: { max: 'openDifferences' } },
    when: [{ figure: 'cases', above: 0 }],
    windowMinutes: 10,
    everyMinutes: 30,
  },
];

/** Where the runbook says what to do. */
export function runbookAnchor({ id }: Pick<Alarm, 'id'>): string {
  return `alarm-${id}`;
}

const quoted = (value: string) => `'${value.replaceAll("'", "''")}'`;

/** A clause in the search syntax of CLS. */
function searched(clause: Clause): string {
  const { field } = clause;
  if ('isThere' in clause) return `${field}:*`;
  if ('atLeast' in clause) return `${field}:>=${clause.atLeast}`;
  const values = clause.isOneOf.map((value) => `"${value}"`);
  return `${field}:${values.length === 1 ? values[0] : `(${values.join(' OR ')})`}`;
}

/** A clause as a condition of SQL. A field that is not there meets none. */
function selected(clause: Clause): string {
  const field = `"${clause.field}"`;
  if ('isThere' in clause) return `${field} IS NOT NULL`;
  if ('atLeast' in clause) return `${field} >= ${clause.atLeast}`;
  return `${field} IN (${clause.isOneOf.map(quoted).join(', ')})`;
}

function column(figure: Figure): string {
  if ('count' in figure) return `count_if(${selected(figure.count)})`;
  if ('percent' in figure) return `count_if(${selected(figure.percent)}) * 100.0 / nullif(count(*), 0)`;
  if ('max' in figure) return `max("${figure.max}")`;
  return `approx_percentile("${figure.p99}", 0.99)`;
}

/** The alarm as a query of CLS, over its window: search conditions, and a selection of one row with each figure. */
export function queryOf({ among, figures }: Alarm): string {
  const columns = Object.entries(figures).map(([name, figure]) => `${column(figure)} AS "${name}"`);
  return `${among.map(searched).join(' AND ')} | SELECT ${columns.join(', ')}`;
}

/** When the alarm is on, as CLS says it of the row of its first query. */
export function conditionOf({ when }: Alarm): string {
  return when
    .map((each) => `$1.${each.figure} ${'above' in each ? `> ${each.above}` : `< ${each.below}`}`)
    .join(' && ');
}
