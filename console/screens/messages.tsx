/** How the messages of the last day fare outside the mini-program: by kind, state and WeChat's code. */
import { useCall } from '../engine/hooks.ts';
import { Empty, Skeleton, TroubleNote } from '../engine/notice.tsx';
import { wordOf } from '../engine/schema.ts';
import { ThingTable } from '../engine/table.tsx';
import type { Column, Thing } from '../engine/view.ts';

const COLUMNS: readonly Column[] = [
  { of: 'kind', title: '消息' },
  { of: 'state', title: '状态' },
  { of: 'code', title: '原因', text: ({ code }: Thing) => because(code) },
  { of: 'count', title: '条数' },
];

/** Why a message was kept in, by a rule of the shop. Anything else is WeChat's own code. */
const RULES: Readonly<Record<string, string>> = {
  no_quota: '用户没有剩余的授权',
  blocked: '用户在微信设置里关闭了',
  no_consent: '未同意营销消息',
  no_openid: '没有绑定微信',
  merged: '十分钟内同类已发',
  day_full: '当天已满三条',
  week_full: '一周内已发过活动消息',
  template_off: '模板停用，见工单',
};

function because(code: unknown): string {
  if (typeof code !== 'string') return '–';
  return RULES[code] ?? `微信 ${code}`;
}

/** The screen. */
export function Screen() {
  const { data, trouble, again } = useCall('getMessageHealth', {});
  const rows = (data?.rows ?? []).map((row) => ({ id: `${row.kind} ${row.state} ${row.code}`, ...row }));
  const sums = new Map<string, number>();
  for (const { state, count } of rows) sums.set(state, (sums.get(state) ?? 0) + count);
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>消息</h1>
        <small>最近 24 小时</small>
        <span class="grow" />
        <button type="button" class="plain" onClick={again}>
          刷新
        </button>
      </header>
      {trouble !== null && <TroubleNote trouble={trouble} again={again} />}
      {data === null && trouble === null && <Skeleton lines={5} />}
      {data !== null && rows.length === 0 && <Empty says="最近 24 小时没有消息。" />}
      {rows.length > 0 && (
        <section class="box">
          <p>
            {[...sums].map(([state, count]) => `${wordOf('messageState', state)} ${count}`).join(' · ')}
            {data?.isCut && '（每种状态只计最近一千条）'}
          </p>
          <ThingTable
            type="MessageHealth.rows"
            items={rows}
            columns={COLUMNS}
            actions={[]}
            title="收件箱里有全部消息。模板异常会有工单。"
          />
        </section>
      )}
    </>
  );
}
