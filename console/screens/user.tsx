/** Everything about one person: orders, access, membership, coupons, points, each read with the reason given. */
import type { EntitlementSource, MembershipView } from '../../client/types.ts';
import { Actions } from '../engine/action.tsx';
import type { Output } from '../engine/desk.ts';
import { go, useCall, useDesk, usePlace, useRole, useTitle } from '../engine/hooks.ts';
import { Link } from '../engine/link.tsx';
import { PanelBox } from '../engine/list.tsx';
import { mayCall } from '../engine/may.ts';
import { Empty, Skeleton, TroubleNote } from '../engine/notice.tsx';
import { ReasonGate } from '../engine/reason.tsx';
import { type OperationName, wordOf } from '../engine/schema.ts';
import { ProductName } from '../engine/several.tsx';
import { shanghaiTime } from '../engine/shanghai.ts';
import { NONE, textIn } from '../engine/shown.ts';
import { Facts, ThingTable } from '../engine/table.tsx';
import { Id, Tag } from '../engine/value.tsx';
import { type Action, action, panel, type ScreenProps, type Thing } from '../engine/view.ts';
import { userActions } from '../userActions.ts';
import * as when from '../when.ts';
import { CursorPager, useCursors } from './cursors.tsx';

const FACTS = ['openidMasked', 'hasSecondFactor', 'createdAtMs', 'updatedAtMs'].map((of) => ({
  of,
  title: of === 'createdAtMs' ? '注册时间' : null,
}));

const ORDERS = panel('listAllOrders', {
  title: '订单',
  input: (userId) => ({ userId }),
  columns: ['titles', 'state', 'payableFen', 'refundedFen', 'rail', 'createdAtMs'],
  opens: ({ id }) => `/orders/${id}`,
  empty: '这位用户还没有订单。',
});

const COUPONS = panel('listCouponsOf', {
  title: '优惠券',
  input: (userId) => ({ userId }),
  columns: ['title', 'state', 'rule', 'expiresAtMs', 'claimedAtMs', 'orderId'],
  empty: '这位用户没有优惠券。',
});

const LEDGER = ['cause', 'delta', 'balanceAfter', 'orderId', 'reason', 'createdAtMs'].map((of) => ({
  of,
  title: null,
}));

interface Person {
  readonly userId: string;
}

const addPoints = action('addPoints', {
  title: '调整积分',
  given: ({ userId }: Person) => ({ userId }),
  note: '扣减填负数。',
}) as Action;

const grantAccess = action('grantAccessTo', {
  title: '赠予权益',
  given: ({ userId }: Person) => ({ userId }),
}) as Action;

const grantMembership = action('grantMembership', {
  title: '赠送会员',
  given: ({ userId }: Person) => ({ userId }),
}) as Action;

type Source = EntitlementSource & Person & { readonly productId: string };

const revokeAccess = action('revokeAccessOf', {
  title: '收回',
  tone: 'bad',
  when: (source: Source) => when.mayTakeBack(source),
  given: ({ userId, productId, sourceId }) => ({ userId, productId, sourceId }),
  note: '收回后立即不能再看。买来的权益请走退款。',
}) as Action;

type Grant = MembershipView['scopes'][number]['grants'][number];

const revokeMembership = action('revokeMembership', {
  title: '收回',
  tone: 'bad',
  when: (grant: Grant & Person) => when.mayTakeBack(grant),
  given: ({ userId, sourceId }) => ({ userId, grantId: sourceId }),
  note: '收回后会员时间相应缩短。买来的会员请走退款。',
}) as Action;

const until = (ms: number | null) => (ms === null ? '永久' : `至 ${shanghaiTime(ms)}`);

function SourceRow({ source }: { readonly source: Source }) {
  const { cause, fromAtMs, untilAtMs, state } = source;
  return (
    <li>
      <span>
        {wordOf('grantCause', cause)}
        <small>
          {' '}
          {shanghaiTime(fromAtMs)} 起，{until(untilAtMs)}
        </small>
      </span>
      <Tag words="grantState" value={state} />
      <Actions actions={[revokeAccess]} thing={source as unknown as Thing} />
    </li>
  );
}

function Access({ userId }: Person) {
  const { data, trouble, again, isBusy } = useCall('listEntitlementsOf', { userId, limit: 50 });
  const items: Output<'listEntitlementsOf'>['items'] = data?.items ?? [];
  return (
    <section class="box">
      <header class="head">
        <h2>权益</h2>
        <span class="grow" />
        <Actions actions={[grantAccess]} thing={{ userId }} isAll />
      </header>
      {trouble !== null && <TroubleNote trouble={trouble} again={again} />}
      {data === null && isBusy && <Skeleton lines={4} />}
      {data !== null && items.length === 0 && <Empty says="这位用户还没有权益。" />}
      <ul class="held">
        {items.map(({ productId, sources }) => (
          <li key={productId}>
            <b>
              <ProductName id={productId} />
            </b>
            <ul class="sources">
              {sources.map((source) => (
                <SourceRow key={source.sourceId} source={{ ...source, userId, productId }} />
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {data?.nextCursor != null && <p class="hint">权益较多，这里只列最近 50 件商品。</p>}
    </section>
  );
}

function GrantRow({ grant }: { readonly grant: Grant & Person }) {
  const { cause, length, atMs, state, period } = grant;
  return (
    <li>
      <span>
        {wordOf('grantCause', cause)} {textIn('MembershipLength', 'length', length)}
        <small>
          {' '}
          {period === null
            ? shanghaiTime(atMs)
            : `${shanghaiTime(period.fromAtMs)} 起，${until(period.untilAtMs)}`}
        </small>
      </span>
      <Tag words="grantState" value={state} />
      <Actions actions={[revokeMembership]} thing={grant as unknown as Thing} />
    </li>
  );
}

function Membership({ userId }: Person) {
  const { data, trouble, again } = useCall('getMembershipOf', { userId });
  return (
    <section class="box">
      <header class="head">
        <h2>会员</h2>
        <span class="grow" />
        <Actions actions={[grantMembership]} thing={{ userId }} isAll />
      </header>
      {trouble !== null && <TroubleNote trouble={trouble} again={again} />}
      {data === null && trouble === null && <Skeleton lines={3} />}
      {data !== null && data.scopes.length === 0 && <Empty says="这位用户没有会员。" />}
      <ul class="held">
        {(data?.scopes ?? []).map(({ scope, title, isLive, untilAtMs, grants }) => (
          <li key={JSON.stringify(scope)}>
            <b>
              {title ?? wordOf('membershipScope', scope.kind)}{' '}
              <span class={`tag ${isLive ? 'good' : ''}`}>{isLive ? until(untilAtMs) : '已到期'}</span>
            </b>
            <ul class="sources">
              {grants.map((grant) => (
                <GrantRow key={grant.sourceId} grant={{ ...grant, userId }} />
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The sums and the statement come in one answer, so that looking is logged once. */
function Points({ userId }: Person) {
  const pages = useCursors();
  const { data, trouble, again } = useCall('getPointsOf', { userId, limit: 20, ...pages.from });
  const sums = [
    ['可用', data?.balance],
    ['占用', data?.held],
    ['待发', data?.pending],
    ['待扣', data?.debt],
    ['即将过期', data?.expiringSoon.count],
  ] as const;
  const items = (data?.ledger.items ?? []) as readonly unknown[] as readonly Thing[];
  return (
    <section class="box">
      <header class="head">
        <h2>积分</h2>
        <span class="grow" />
        <Actions actions={[addPoints]} thing={{ userId }} isAll />
      </header>
      {trouble !== null && <TroubleNote trouble={trouble} again={again} />}
      <dl class="facts">
        {sums.map(([title, count]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{count ?? '…'}</dd>
          </div>
        ))}
      </dl>
      {items.length > 0 && (
        <ThingTable type="PointsEntryView" items={items} columns={LEDGER} actions={[]} title="积分明细" />
      )}
      {data !== null && items.length === 0 && <Empty says="这位用户还没有积分变动。" />}
      <CursorPager pages={pages} next={data?.ledger.nextCursor ?? null} />
    </section>
  );
}

interface TabOf {
  readonly key: string;
  readonly title: string;
  readonly needs: OperationName;
}

const TABS: readonly TabOf[] = [
  { key: 'orders', title: '订单', needs: 'listAllOrders' },
  { key: 'access', title: '权益', needs: 'listEntitlementsOf' },
  { key: 'membership', title: '会员', needs: 'getMembershipOf' },
  { key: 'coupons', title: '优惠券', needs: 'listCouponsOf' },
  { key: 'points', title: '积分', needs: 'getPointsOf' },
];

function Tabs({ userId }: Person) {
  const role = useRole();
  const { path, query } = usePlace();
  const offered = TABS.filter(({ needs }) => mayCall(role, needs));
  const open = offered.find(({ key }) => key === query.tab) ?? offered[0];
  return (
    <>
      <nav class="tabs" aria-label="用户资料">
        {offered.map(({ key, title }) => (
          <button
            key={key}
            type="button"
            aria-current={key === open?.key ? 'true' : undefined}
            onClick={() => go(path, { tab: key }, true)}
          >
            {title}
          </button>
        ))}
      </nav>
      {open?.key === 'orders' && <PanelBox list={ORDERS} keyed={userId} />}
      {open?.key === 'access' && <Access userId={userId} />}
      {open?.key === 'membership' && <Membership userId={userId} />}
      {open?.key === 'coupons' && <PanelBox list={COUPONS} keyed={userId} />}
      {open?.key === 'points' && <Points userId={userId} />}
    </>
  );
}

/** The person of the address. */
export function Screen({ params }: ScreenProps) {
  const userId = params.key ?? '';
  const desk = useDesk();
  const role = useRole();
  const { data, trouble, again, isBusy, needsReasonFor } = useCall('getUser', { userId });
  const user = data?.user ?? null;
  useTitle(user?.nickname ?? null);
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{user?.nickname ?? '用户'}</h1>
        {user !== null && <Tag words="userState" value={user.state} />}
        {user !== null && user.role !== 'learner' && (
          <span class="tag info">{wordOf('role', user.role)}</span>
        )}
        <Id id={userId} />
        <span class="grow" />
        {user !== null && mayCall(role, 'getWriter') && (
          <Link to={`/writers/${userId}`} class="button">
            作者记录
          </Link>
        )}
        {data !== null && <Actions actions={userActions} thing={data as unknown as Thing} isAll />}
      </header>
      {needsReasonFor !== null && (
        <section class="box">
          <ReasonGate userId={needsReasonFor} />
        </section>
      )}
      {trouble !== null && <TroubleNote trouble={trouble} again={again} />}
      {user === null && isBusy && needsReasonFor === null && (
        <section class="box">
          <Skeleton lines={8} />
        </section>
      )}
      {user !== null && (
        <>
          <section class="box">
            <Facts type="StaffUserView" thing={user as unknown as Thing} columns={FACTS} />
            <p class="hint">查看原因：{desk.reasonFor(userId) ?? NONE}。每次查看都记入审计日志。</p>
          </section>
          <Tabs userId={userId} />
        </>
      )}
    </>
  );
}
