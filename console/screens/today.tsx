/** What waits for somebody today, and what came in. */
import { useEffect, useState } from 'preact/hooks';
import { shortYuan, yuan } from '../../client/fen.ts';
import type { PaymentRow, ProposalView } from '../../client/types.ts';
import { agree, closeCase, refundActions, resolveException, taskActions } from '../actions.ts';
import { proposedValue } from '../describe.ts';
import { dayStart } from '../engine/address.ts';
import type { Chart } from '../engine/chart.tsx';
import { type Input, type Trouble, troubleOf } from '../engine/desk.ts';
import { byHour, totals } from '../engine/figures.ts';
import { useCall, useDesk, useMe, useRole } from '../engine/hooks.ts';
import { Lost, useLate } from '../engine/late.tsx';
import { Latest } from '../engine/latest.ts';
import { Link } from '../engine/link.tsx';
import { mayCall } from '../engine/may.ts';
import { Empty, Skeleton, TroubleNote } from '../engine/notice.tsx';
import { proposedCall } from '../engine/proposed.ts';
import { type OperationName, wordOf } from '../engine/schema.ts';
import { shanghaiDay } from '../engine/shanghai.ts';
import { useSubmit } from '../engine/submit.ts';
import { ThingTable } from '../engine/table.tsx';
import type { Action, Column, ScreenProps, Thing } from '../engine/view.ts';

/** How many of each kind are shown here. */
const SHOWN = 5;

interface Waiting {
  readonly name: OperationName;
  readonly title: string;
  readonly path: string;
  readonly state: string;
  /** How pressing it is while there is any. */
  readonly tone: 'warn' | 'bad';
  readonly type: string;
  readonly columns: readonly Column[];
  readonly actions: readonly Action[];
  readonly opens: (item: Thing) => string | null;
}

const plain = (...of: readonly string[]): readonly Column[] => of.map((one) => ({ of: one, title: null }));

const ofOrder = ({ orderId }: Thing) => (typeof orderId === 'string' ? `/orders/${orderId}` : null);

const KINDS: readonly Waiting[] = [
  {
    ...{ name: 'listRefundsByState', title: '待审核的退款', path: '/refunds', state: 'requested' },
    ...{ tone: 'warn', type: 'StaffRefundView' },
    columns: plain('refundFen', 'reason', 'userId', 'requestedAtMs'),
    actions: [refundActions.approve, refundActions.reject] as readonly Action[],
    opens: ofOrder,
  },
  {
    ...{ name: 'listCases', title: '待处理的工单', path: '/cases', state: 'open' },
    ...{ tone: 'warn', type: 'Case' },
    columns: plain('kind', 'story', 'amountFen', 'openedAtMs'),
    actions: [closeCase] as readonly Action[],
    opens: ofOrder,
  },
  {
    ...{ name: 'listExceptions', title: '异常款项', path: '/exceptions', state: 'open' },
    ...{ tone: 'bad', type: 'TrackedException' },
    columns: plain('kind', 'receivedFen', 'orderNumber', 'createdAtMs'),
    actions: [resolveException] as readonly Action[],
    opens: () => null,
  },
  {
    ...{ name: 'listProposals', title: '等待同意的操作', path: '/proposals', state: 'waiting' },
    ...{ tone: 'warn', type: 'ProposalView' },
    columns: [
      ...plain('action'),
      { of: 'value', title: null, text: (item) => proposedValue(item as ProposalView & Thing) },
      ...plain('userId', 'endsAtMs'),
    ],
    actions: [agree] as readonly Action[],
    opens: () => null,
  },
  {
    ...{ name: 'listTasks', title: '失败的任务', path: '/tasks', state: 'dead' },
    ...{ tone: 'bad', type: 'TaskView' },
    columns: plain('consumer', 'attempts', 'reason', 'updatedAtMs'),
    actions: taskActions as readonly Action[],
    opens: () => null,
  },
];

/** The number of what waits, which leads to it. `50+` where there are more than one page. */
function useWaiting(kind: Waiting, isOffered: boolean) {
  const input = isOffered ? { state: kind.state, limit: 50 } : null;
  const called = useCall(kind.name, input as never);
  const page = Object(called.data) as {
    readonly items?: readonly Thing[];
    readonly nextCursor?: string | null;
  };
  const items = page.items ?? [];
  const count = called.data === null ? null : `${items.length}${page.nextCursor == null ? '' : '+'}`;
  return { ...called, items, count };
}

type Waits = ReturnType<typeof useWaiting>;

function Figure({ kind, waits }: { readonly kind: Waiting; readonly waits: Waits }) {
  const { count, items } = waits;
  return (
    <Link to={kind.path} query={{ state: kind.state }} class={items.length > 0 ? kind.tone : 'calm'}>
      <span>{kind.title}</span>
      <b>{count ?? '…'}</b>
    </Link>
  );
}

function WaitingBox({ kind, waits }: { readonly kind: Waiting; readonly waits: Waits }) {
  const { items, data, trouble, again } = waits;
  if (trouble === null && items.length === 0) return null;
  return (
    <section class="box">
      <header class="head">
        <h2>{kind.title}</h2>
        <span class="grow" />
        <Link to={kind.path} query={{ state: kind.state }}>
          全部
        </Link>
      </header>
      {trouble !== null && <TroubleNote trouble={trouble} again={again} />}
      {data !== null && (
        <ThingTable
          type={kind.type}
          items={items.slice(0, SHOWN)}
          columns={kind.columns}
          actions={kind.actions}
          opens={kind.opens}
          title={kind.title}
        />
      )}
    </section>
  );
}

/** One's own requests that somebody has agreed to: they are sent once more, as they were. */
function Agreed() {
  const me = useMe();
  const { data } = useCall('listProposals', { state: 'approved', limit: 50 });
  const own = (data?.items ?? []).filter(({ userId }) => userId === me.id);
  if (own.length === 0) return null;
  return (
    <section class="box">
      <h2>已同意，等您执行</h2>
      {own.map((proposal) => (
        <AgreedRow key={proposal.id} proposal={proposal} />
      ))}
    </section>
  );
}

function AgreedRow({ proposal }: { readonly proposal: ProposalView }) {
  const desk = useDesk();
  const call = proposedCall(proposal);
  const submit = useSubmit(async () => {
    if (call !== null) await desk.change(call.name, call.input as Input<OperationName> as never);
  });
  return (
    <div class="head">
      <span>
        {wordOf('staffAction', proposal.action)}，{proposedValue(proposal)}
      </span>
      <span class="grow" />
      {call === null ? (
        <small>内容太长，请回到原来的页面再次提交。</small>
      ) : (
        <button type="button" class="main small" aria-busy={submit.isBusy} onClick={submit.send}>
          执行
        </button>
      )}
      {submit.trouble !== null && <TroubleNote trouble={submit.trouble} />}
    </div>
  );
}

const RAILS = ['wxpay', 'xpay'] as const;
/** The most pages of payments that are read for the day. */
const PAGES_MAX = 10;
/** A payment may be made some time after it was begun. */
const BEGUN_BEFORE_MS = 3_600_000;

interface Day {
  readonly payments: readonly PaymentRow[];
  readonly isWhole: boolean;
}

/** The payments of today, newest first, as far as ten pages reach. */
function useToday() {
  const desk = useDesk();
  const [day, show] = useState<Day | null>(null);
  const [trouble, tell] = useState<Trouble | null>(null);
  const [latest] = useState(() => new Latest());
  const startMs = dayStart(shanghaiDay(desk.outside.now())) ?? 0;
  const read = async () => {
    const isLatest = latest.begin();
    const payments: PaymentRow[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < PAGES_MAX; page++) {
      const from: { readonly cursor?: string } = cursor === null ? {} : { cursor };
      const answer = await desk.call('listPayments', { state: 'success', limit: 50, ...from });
      payments.push(...answer.items);
      const isPast = answer.items.some(({ createdAtMs }) => createdAtMs < startMs - BEGUN_BEFORE_MS);
      cursor = isPast ? null : answer.nextCursor;
      if (cursor === null) break;
    }
    const own = payments.filter(({ paidAtMs }) => paidAtMs !== null && paidAtMs >= startMs);
    if (isLatest()) show({ payments: own, isWhole: cursor === null });
  };
  const again = () => {
    tell(null);
    read().catch((thrown: unknown) => tell(troubleOf(thrown)));
  };
  useEffect(again, [startMs]);
  useEffect(() => desk.watchChanges(again), [startMs]);
  return { day, trouble, again, startMs };
}

const decimals = (fen: number) => yuan(fen).replace(/[¥,]/g, '');

const loadCharts = () => import('../engine/chart.tsx');

function Charts({ bars, shares }: { readonly bars: Chart; readonly shares: Chart }) {
  const { own, isLost } = useLate(loadCharts);
  if (isLost) return <Lost />;
  if (own === null) return <Skeleton lines={5} />;
  return (
    <div class="sales">
      <own.Bars chart={bars} />
      <own.Shares chart={shares} />
    </div>
  );
}

function Sales() {
  const { day, trouble, again, startMs } = useToday();
  if (trouble !== null) return <TroubleNote trouble={trouble} again={again} />;
  if (day === null) return <Skeleton lines={5} />;
  const series = RAILS.map((rail) => wordOf('rail', rail));
  const read = ({ paidAtMs, rail, amountFen }: PaymentRow) => ({
    atMs: paidAtMs ?? 0,
    series: RAILS.indexOf(rail === 'xpay' ? 'xpay' : 'wxpay'),
    value: amountFen,
  });
  const points = byHour(day.payments, startMs, RAILS.length, read);
  const sum = totals(points).reduce((all, value) => all + value, 0);
  const shares = RAILS.map((rail, at) => ({
    label: wordOf('rail', rail),
    values: [points.reduce((all, { values }) => all + (values[at] ?? 0), 0)],
  }));
  const common = { format: shortYuan, plain: decimals } as const;
  return (
    <>
      <p class="sum">
        <b>{yuan(sum)}</b> <span>{day.payments.length} 笔</span>
      </p>
      {!day.isWhole && <p class="hint">今日支付较多，这里只算最近 {day.payments.length} 笔。</p>}
      {sum === 0 ? (
        <Empty says="今天还没有收款。" />
      ) : (
        <Charts
          bars={{ title: '今日各小时收款', by: '时间', series, points, ...common }}
          shares={{ title: '今日支付方式', by: '支付方式', series: ['收款'], points: shares, ...common }}
        />
      )}
    </>
  );
}

/** The screen of the day. */
export function Screen(_: ScreenProps) {
  const role = useRole();
  const desk = useDesk();
  // One call for each kind, in the same order at each drawing.
  const all = KINDS.map((kind) => ({ kind, waits: useWaiting(kind, mayCall(role, kind.name)) }));
  const offered = all.filter(({ kind }) => mayCall(role, kind.name));
  const isCalm =
    offered.length > 0 && offered.every(({ waits }) => waits.data !== null && waits.items.length === 0);
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>今日</h1>
        <small>{shanghaiDay(desk.outside.now())}</small>
        <span class="grow" />
        <button type="button" class="plain" onClick={() => desk.readAgain()}>
          刷新
        </button>
      </header>
      <div class="figures">
        {offered.map(({ kind, waits }) => (
          <Figure key={kind.name} kind={kind} waits={waits} />
        ))}
      </div>
      {isCalm && <p class="said">没有等待处理的事，都办完了。</p>}
      <Agreed />
      {offered.map(({ kind, waits }) => (
        <WaitingBox key={kind.name} kind={kind} waits={waits} />
      ))}
      {mayCall(role, 'listPayments') && (
        <section class="box">
          <h2>今日收款</h2>
          <Sales />
        </section>
      )}
    </>
  );
}
