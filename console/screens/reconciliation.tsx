/** One day of one rail: its sums, and each difference with what we have beside what the bill has. */
import { yuan } from '../../client/fen.ts';
import type { Case, Reconciliation, StoredDifference } from '../../client/types.ts';
import { closeCase } from '../actions.ts';
import { Actions } from '../engine/action.tsx';
import { useCall, useRole, useTitle } from '../engine/hooks.ts';
import { Link } from '../engine/link.tsx';
import { mayCall } from '../engine/may.ts';
import { Empty, Skeleton, TroubleNote } from '../engine/notice.tsx';
import { wordOf } from '../engine/schema.ts';
import { shanghaiTime } from '../engine/shanghai.ts';
import { NONE } from '../engine/shown.ts';
import { Id, Tag } from '../engine/value.tsx';
import { type Action, action, type ScreenProps, type Thing } from '../engine/view.ts';
import { CursorPager, useCursors } from './cursors.tsx';
import { caseOf, dayOf, gapFen, inOrder } from './dayBooks.ts';

const CLOSE = closeCase as Action;

const runAgain = action('runReconciliation', {
  title: '重新对账',
  given: ({ rail, day }: Pick<Reconciliation, 'rail' | 'day'>) => ({ rail, day }),
  note: '向渠道再取这一天的账单并重新核对。',
}) as Action;

function Sums({ of }: { readonly of: Reconciliation }) {
  const figures = [
    ['收款', yuan(of.paidFen), `${of.paymentCount} 笔`],
    ['退款', yuan(of.refundedFen), `${of.refundCount} 笔`],
    ['手续费', yuan(of.feesFen), ''],
    ['平台券', yuan(of.couponsFen), ''],
    ['待处理差异', String(of.openCount), `已补齐 ${of.healedCount}`],
  ] as const;
  return (
    <div class="figures">
      {figures.map(([title, sum, more]) => (
        <div key={title}>
          <span>{title}</span>
          <b>{sum}</b>
          <small>{more}</small>
        </div>
      ))}
    </div>
  );
}

function Side({
  title,
  sumFen,
  text,
}: {
  readonly title: string;
  readonly sumFen: number | null;
  readonly text: string | null;
}) {
  const isNone = sumFen === null && text === null;
  return (
    <div class={isNone ? 'lacking' : ''}>
      <dt>{title}</dt>
      <dd>
        <b>{sumFen === null ? (isNone ? '没有记录' : NONE) : yuan(sumFen)}</b>
        {text !== null && <small>{text}</small>}
      </dd>
    </div>
  );
}

function Ids({ of }: { readonly of: StoredDifference }) {
  const { orderNumber, transactionId, refundId, about } = of;
  const isOrder = orderNumber !== null && /^ord_[0-9A-Z]{26}$/.test(orderNumber);
  return (
    <p class="ids">
      {isOrder && <Link to={`/orders/${orderNumber}`}>查看订单</Link>}
      {orderNumber !== null && !isOrder && <Id id={orderNumber} />}
      {transactionId !== null && <Id id={transactionId} />}
      {refundId !== null && <Id id={refundId} />}
      {orderNumber === null && transactionId === null && refundId === null && <span>{about}</span>}
    </p>
  );
}

/** A state in words, and any other text as it is. */
const stateText = ({ of }: StoredDifference, text: string | null) =>
  text === null ? null : wordOf(of === 'refund' ? 'refundState' : 'paymentState', text);

function Finding({ of, found }: { readonly of: StoredDifference; readonly found: Case | null }) {
  const gap = gapFen(of);
  return (
    <li class="finding">
      <header class="head">
        <h3>
          {wordOf('difference', of.of)}：{wordOf('differenceKind', of.kind)}
        </h3>
        <Tag words="differenceState" value={of.state} />
        <span class="grow" />
        {found !== null && <Actions actions={[CLOSE]} thing={found as unknown as Thing} isAll />}
      </header>
      <dl class="sides">
        <Side title="我方账簿" sumFen={of.oursFen} text={stateText(of, of.ours)} />
        <Side title="渠道账单" sumFen={of.billFen} text={stateText(of, of.bill)} />
      </dl>
      {gap !== null && gap !== 0 && (
        <p class="why">
          账单比我方{gap > 0 ? '多' : '少'} {yuan(Math.abs(gap))}。
        </p>
      )}
      <Ids of={of} />
      {found?.state === 'closed' && (
        <p class="hint">
          工单已关闭：{found.resolution}（{shanghaiTime(found.closedAtMs ?? found.openedAtMs)}）
        </p>
      )}
      {of.healedAtMs !== null && <p class="hint">已按账单补齐，{shanghaiTime(of.healedAtMs)}。</p>}
    </li>
  );
}

/** The cases of reconciliation that wait, and those that were closed last. */
function useCases(): readonly Case[] {
  const isOffered = mayCall(useRole(), 'listCases');
  const input = (state: 'open' | 'closed') =>
    isOffered ? ({ state, kind: 'reconciliation', limit: 50 } as const) : null;
  const open = useCall('listCases', input('open'));
  const closed = useCall('listCases', input('closed'));
  return [...(open.data?.items ?? []), ...(closed.data?.items ?? [])];
}

function Findings({ items }: { readonly items: readonly StoredDifference[] }) {
  const cases = useCases();
  if (items.length === 0) return <Empty says="我方账簿与渠道账单一致。" />;
  return (
    <ul class="findings">
      {inOrder(items).map((one) => (
        <Finding key={one.id} of={one} found={caseOf(one, cases)} />
      ))}
    </ul>
  );
}

function DayPage({ rail, day }: { readonly rail: 'wxpay' | 'xpay'; readonly day: string }) {
  const pages = useCursors();
  const { data, trouble, again } = useCall('getReconciliation', { rail, day, limit: 50, ...pages.from });
  useTitle(`${day} ${wordOf('billRail', rail)}`);
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>
          {day} {wordOf('billRail', rail)}对账
        </h1>
        {data !== null && <small>{shanghaiTime(data.reconciliation.finishedAtMs)} 完成</small>}
        <span class="grow" />
        <Actions actions={[runAgain]} thing={{ rail, day }} isAll />
      </header>
      {trouble !== null && <TroubleNote trouble={trouble} again={again} />}
      {data === null && trouble === null && <Skeleton lines={6} />}
      {data !== null && (
        <>
          <Sums of={data.reconciliation} />
          <section class="box">
            <h2>差异</h2>
            <Findings items={data.differences.items} />
            <CursorPager pages={pages} next={data.differences.nextCursor} />
          </section>
        </>
      )}
    </>
  );
}

/** The day of the address. */
export function Screen({ params }: ScreenProps) {
  const asked = dayOf(params.key ?? '');
  if (asked === null) return <Empty says="没有这一天的对账。" />;
  return <DayPage key={`${asked.rail} ${asked.day}`} {...asked} />;
}
