/** An order with everything that became of it, and what can be given back of it. */
import { useState } from 'preact/hooks';
import { yuan } from '../../client/fen.ts';
import type { PricedLine, StaffOrderView } from '../../client/types.ts';
import { closeCase, refundActions, resolveException, taskActions } from '../actions.ts';
import { usesUpIds } from '../engine/asking.ts';
import { troubleOf } from '../engine/desk.ts';
import { Dialog } from '../engine/dialog.tsx';
import { Box } from '../engine/field.tsx';
import type { Fault } from '../engine/form.ts';
import { useCall, useDesk, useRole, useTitle } from '../engine/hooks.ts';
import { Input } from '../engine/input.tsx';
import { Labelled } from '../engine/labelled.tsx';
import { mayCall, mayDo } from '../engine/may.ts';
import { Skeleton, TroubleNote } from '../engine/notice.tsx';
import { SendButton } from '../engine/plain.tsx';
import { operationOf, typeAt, typeOf } from '../engine/schema.ts';
import { textIn } from '../engine/shown.ts';
import { useSubmit } from '../engine/submit.ts';
import { Facts, ThingTable } from '../engine/table.tsx';
import { Id, Moment } from '../engine/value.tsx';
import type { Action, Column, ScreenProps, Thing } from '../engine/view.ts';
import { stepsOf } from './orderSteps.ts';
import { type DraftLine, draftOf, linesOf, sumOf } from './refundDraft.ts';

const TYPE = operationOf('getAnyOrder').output ?? 'any';

const columns = (...of: readonly (string | readonly [string, string])[]): readonly Column[] =>
  of.map((one) => (typeof one === 'string' ? { of: one, title: null } : { of: one[0], title: one[1] }));

/** First the money, then the payment, then who and when. */
const FACTS = columns(
  ...['order.state', 'order.payableFen', 'order.refundedFen', 'order.refundingFen'],
  ...['order.listFen', 'order.discountFen', 'order.applied', ['coupon.title', '优惠券'] as const],
  ...['order.rail', 'payment.transactionId', 'order.paidAtMs', 'order.earnsPoints'],
  ...['order.userId', 'order.platform', ['order.createdAtMs', '下单时间'] as const],
);

const LINES = columns('title', 'kind', 'access', 'listFen', 'paidFen', 'gifts', 'productId');

interface Part {
  readonly of: 'refunds' | 'receipts' | 'exceptions' | 'cases' | 'points' | 'tasks';
  readonly title: string;
  readonly columns: readonly Column[];
  readonly more: readonly Column[];
  readonly actions: readonly Action[];
}

const PARTS: readonly Part[] = [
  {
    ...{ of: 'refunds', title: '退款' },
    columns: columns('refundFen', 'state', 'reason', 'words', 'requestedAtMs', 'finishedAtMs'),
    more: columns('id', 'lines', 'approvalsNeeded', 'approvals', 'rejected', 'pointsReturned', 'pointsTaken'),
    actions: Object.values(refundActions) as readonly Action[],
  },
  {
    ...{ of: 'exceptions', title: '异常款项' },
    columns: columns('kind', 'state', 'expectedFen', 'receivedFen', 'detail', 'createdAtMs'),
    more: columns('id', 'transactionId', 'refundId', 'resolution'),
    actions: [resolveException] as readonly Action[],
  },
  {
    ...{ of: 'cases', title: '工单' },
    columns: columns('kind', 'state', 'story', 'amountFen', 'openedAtMs'),
    more: columns('id', 'resolution', 'closedBy', 'closedAtMs'),
    actions: [closeCase] as readonly Action[],
  },
  {
    ...{ of: 'receipts', title: '收款' },
    columns: columns('amountFen', 'kind', 'rail', 'transactionId', 'paidAtMs', 'receivedAtMs'),
    more: [],
    actions: [],
  },
  {
    ...{ of: 'points', title: '积分' },
    columns: columns('cause', 'delta', 'balanceAfter', 'createdAtMs'),
    more: [],
    actions: [],
  },
  {
    ...{ of: 'tasks', title: '后台任务' },
    columns: columns('consumer', ['event.name', '事件'], 'state', 'attempts', 'reason', 'createdAtMs'),
    more: columns('id', ['event.id', '事件编号'], 'event.requestId', 'faults', 'deaths', 'nextAtMs'),
    actions: taskActions as readonly Action[],
  },
];

function PartBox({ part, view }: { readonly part: Part; readonly view: StaffOrderView }) {
  const items: readonly Thing[] = view[part.of];
  if (items.length === 0) return null;
  const type = typeOf(typeAt(TYPE, part.of));
  return (
    <section class="box">
      <h2>{part.title}</h2>
      <ThingTable
        type={type.kind === 'list' ? type.of : 'any'}
        items={items}
        columns={part.columns}
        more={part.more}
        actions={part.actions}
        title={part.title}
      />
    </section>
  );
}

function Steps({ view }: { readonly view: StaffOrderView }) {
  return (
    <section class="box">
      <h2>经过</h2>
      <ol class="steps">
        {stepsOf(view).map(({ atMs, says, amountFen, tone, note }) => (
          <li key={`${atMs} ${says}`} class={tone}>
            <Moment ms={atMs} isExact />
            <span>
              {says}
              {note !== null && <small>{note}</small>}
            </span>
            {amountFen !== null && <b>{yuan(amountFen)}</b>}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** One line of the refund: whether, how much, and whether its access goes with it. */
function RefundLine({
  line,
  own,
  fault,
  set,
}: {
  readonly line: DraftLine;
  readonly own: PricedLine | undefined;
  readonly fault: string | null;
  readonly set: (line: DraftLine) => void;
}) {
  return (
    <fieldset>
      <legend>{line.title}</legend>
      <Box
        label={`退这一项，最多 ${yuan(line.askableFen)}`}
        isOn={line.isIn}
        set={(isIn) => set({ ...line, isIn })}
      />
      {own !== undefined && (
        <p class="hint">购买时的退款规则：{textIn('RefundPolicy', 'refundPolicy', own.refundPolicy)}。</p>
      )}
      {line.isIn && (
        <>
          <Labelled label="退款额" fault={fault}>
            {(ids) => (
              <span class="line">
                <Input
                  text={line.sum}
                  set={(sum) => set({ ...line, sum })}
                  control={{ ...ids, inputMode: 'decimal', class: 'number', 'aria-invalid': fault !== null }}
                />
                <span>元</span>
              </span>
            )}
          </Labelled>
          <Box
            label="收回权益"
            isOn={line.takesAccess}
            set={(takesAccess) => set({ ...line, takesAccess })}
          />
        </>
      )}
    </fieldset>
  );
}

const REASON_MAX = 200;

function useRefund(view: StaffOrderView, done: (says: string) => void) {
  const desk = useDesk();
  const [draft, write] = useState(() => draftOf(view));
  const [reason, setReason] = useState('');
  const [faults, blame] = useState<readonly Fault[]>([]);
  const orderId = view.order.id;
  const purpose = `createRefund ${orderId}`;
  const submit = useSubmit(async () => {
    const drafted = linesOf(draft);
    const ofReason = reason.trim() === '' ? [{ at: 'reason', says: '请写明原因。' }] : [];
    const wrong = [...('faults' in drafted ? drafted.faults : []), ...ofReason];
    blame(wrong);
    if ('faults' in drafted || wrong.length > 0) return;
    try {
      const refundId = desk.ids.keep(purpose, 'rfd');
      const { refund } = await desk.change('createRefund', {
        orderId,
        refundId,
        lines: drafted.lines,
        reason,
      });
      desk.ids.drop(purpose);
      const missing = refund.approvalsNeeded - refund.approvals.length;
      done(
        missing > 0 && refund.state === 'requested'
          ? `已提交，还差 ${missing} 人同意。`
          : '已提交，正在退款。',
      );
    } catch (thrown) {
      if (usesUpIds(troubleOf(thrown).code)) desk.ids.drop(purpose);
      throw thrown;
    }
  });
  return { draft, write, reason, setReason, faults, submit, sumFen: sumOf(linesOf(draft)) };
}

function RefundDialog({
  view,
  close,
  done,
}: {
  readonly view: StaffOrderView;
  readonly close: () => void;
  readonly done: (says: string) => void;
}) {
  const role = useRole();
  const { draft, write, reason, setReason, faults, submit, sumFen } = useRefund(view, done);
  const faultAt = (at: string) => faults.find((one) => one.at === at)?.says ?? null;
  const who = mayDo(role, 'refund.approve')
    ? '提交即表示您同意。金额较大时，还要另一位同事同意。'
    : '提交后要由财务同意，才会退款。';
  return (
    <Dialog title="退款" close={close}>
      <form noValidate onSubmit={submit.send}>
        <p>{who}</p>
        {draft.map((line, place) => (
          <RefundLine
            key={line.productId}
            line={line}
            own={view.order.lines.find(({ productId }) => productId === line.productId)}
            fault={faultAt(line.productId)}
            set={(next) => write(draft.map((one, at) => (at === place ? next : one)))}
          />
        ))}
        {faultAt('lines') !== null && <p class="fault">{faultAt('lines')}</p>}
        <Labelled label="原因" fault={faultAt('reason')} hint="会记入审计日志，买家也能在退款详情里看到。">
          {(ids) => (
            <textarea
              rows={3}
              maxLength={REASON_MAX}
              value={reason}
              aria-invalid={faultAt('reason') !== null}
              onInput={(event) => setReason(event.currentTarget.value)}
              {...ids}
            />
          )}
        </Labelled>
        {submit.trouble !== null && <TroubleNote trouble={submit.trouble} />}
        <div class="buttons">
          <button type="button" onClick={close}>
            取消
          </button>
          <SendButton title={sumFen === null ? '退款' : `退款 ${yuan(sumFen)}`} submit={submit} tone="bad" />
        </div>
      </form>
    </Dialog>
  );
}

/** Why nothing can be asked for; null when something can. */
function whyNoRefund({ order, mayRefund, refundable, openRefunds }: StaffOrderView): string | null {
  if (order.state !== 'paid') return null;
  if (!mayRefund) return '这个渠道在该设备上的订单不能由我们退款，请买家向苹果公司申请。';
  if (refundable.some(({ askableFen }) => askableFen > 0)) return null;
  return openRefunds.length > 0 ? '有退款在等待审核，剩下的金额都已申请。' : null;
}

/** What an order is called: its first thing, and how many there are. */
function titleOf({ order: { lines } }: StaffOrderView): string {
  const first = lines[0]?.title ?? '订单';
  return lines.length > 1 ? `${first} 等 ${lines.length} 件` : first;
}

/** An order. */
export function Screen({ params }: ScreenProps) {
  const orderId = params.key ?? '';
  const role = useRole();
  const { data, trouble, again, isBusy } = useCall('getAnyOrder', { orderId });
  const [isRefunding, refund] = useState(false);
  const [says, say] = useState<string | null>(null);
  const title = data === null ? '订单' : titleOf(data);
  useTitle(data === null ? null : title);
  const mayAsk = data?.mayRefund === true && data.refundable.some(({ askableFen }) => askableFen > 0);
  const why = data === null ? null : whyNoRefund(data);
  const finish = (text: string) => {
    refund(false);
    say(text);
  };
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{title}</h1>
        <Id id={orderId} />
        <span class="grow" />
        <button type="button" class="plain" aria-busy={isBusy} onClick={again}>
          刷新
        </button>
        {mayAsk && mayCall(role, 'createRefund') && (
          <button type="button" class="bad" onClick={() => refund(true)}>
            退款
          </button>
        )}
      </header>
      {says !== null && (
        <p class="said" role="status">
          {says}
        </p>
      )}
      {trouble !== null && <TroubleNote trouble={trouble} again={again} />}
      {data === null && isBusy && (
        <section class="box">
          <Skeleton lines={8} />
        </section>
      )}
      {data !== null && (
        <>
          <section class="box">
            <Facts type={TYPE} thing={data} columns={FACTS} />
            {why !== null && <p class="hint">{why}</p>}
          </section>
          <section class="box">
            <h2>商品</h2>
            <ThingTable
              type="PricedLine"
              items={data.order.lines}
              columns={LINES}
              actions={[]}
              title="商品"
            />
          </section>
          <PartBox part={PARTS[0] as Part} view={data} />
          <Steps view={data} />
          {PARTS.slice(1).map((part) => (
            <PartBox key={part.of} part={part} view={data} />
          ))}
        </>
      )}
      {data !== null && isRefunding && <RefundDialog view={data} close={() => refund(false)} done={finish} />}
    </>
  );
}
