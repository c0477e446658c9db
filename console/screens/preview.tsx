/** A promotion on an example cart: what somebody new would pay, as it is typed. */
import { useEffect, useState } from 'preact/hooks';
import { yuan } from '../../client/fen.ts';
import type { PricedLine, Quote } from '../../client/types.ts';
import { Box } from '../engine/field.tsx';
import { useCall, useDesk, useRole } from '../engine/hooks.ts';
import { Input } from '../engine/input.tsx';
import { Labelled } from '../engine/labelled.tsx';
import { mayCall } from '../engine/may.ts';
import { Skeleton, TroubleNote } from '../engine/notice.tsx';
import { wordOf } from '../engine/schema.ts';
import { idsIn, SeveralFound } from '../engine/several.tsx';
import { fieldTime, momentOf } from '../engine/shanghai.ts';
import { type Example, exampleMoment, previewAsked, productsOf, type Tried } from './promotionDraft.ts';

/** How long nothing more is typed before the example is priced again. */
const PAUSE_MS = 400;
/** How many products of a promotion are put into the example at first. */
const EXAMPLES = 2;

/** The value once it has rested for a moment. */
function useSettled<T>(value: T): T {
  const key = JSON.stringify(value);
  const [settled, settle] = useState(value);
  useEffect(() => {
    const waiting = setTimeout(() => settle(value), PAUSE_MS);
    return () => clearTimeout(waiting);
  }, [key]);
  return settled;
}

const SHARES = [
  ['activityFen', '限时、秒杀'],
  ['memberFen', '会员价'],
  ['campaignFen', '满减'],
  ['couponFen', '优惠券'],
] as const satisfies readonly (readonly [keyof PricedLine['shares'], string])[];

function Line({ line }: { readonly line: PricedLine }) {
  const taken = SHARES.filter(([name]) => line.shares[name] > 0);
  return (
    <li>
      <span>{line.title}</span>
      <b>{yuan(line.paidFen)}</b>
      <small>
        原价 {yuan(line.listFen)}
        {taken.map(([name, word]) => `，${word}减 ${yuan(line.shares[name])}`)}
      </small>
    </li>
  );
}

function Outcome({ quote }: { readonly quote: Quote }) {
  return (
    <div class="outcome" aria-live="polite">
      <ul class="priced">
        {quote.lines.map((line) => (
          <Line key={line.productId} line={line} />
        ))}
      </ul>
      <dl class="sums">
        <div>
          <dt>原价</dt>
          <dd>{yuan(quote.listFen)}</dd>
        </div>
        <div>
          <dt>优惠</dt>
          <dd>{quote.discountFen === 0 ? '没有' : `-${yuan(quote.discountFen)}`}</dd>
        </div>
        <div class="total">
          <dt>应付</dt>
          <dd>{yuan(quote.payableFen)}</dd>
        </div>
      </dl>
      <p class="hint">{wordOf('rail', quote.rail)}收款。</p>
      {quote.rejected.map(({ code, id }) => (
        <p key={`${code} ${id}`} class="why">
          {wordOf('rejection', code)}。
        </p>
      ))}
    </div>
  );
}

const PLATFORMS = ['web', 'android', 'ios'] as const;

/** From when until when, in milliseconds since 1970. */
type Period = readonly [number, number];

/** What the example is: the cart, the buyer and the moment. */
function useExample(tried: Tried | null, period: Period | null) {
  const desk = useDesk();
  const own = tried === null ? [] : productsOf(tried);
  const offered = useCall('listAllProducts', { kind: 'course', state: 'published', limit: EXAMPLES });
  const usual = own.length > 0 ? own : (offered.data?.items ?? []).map(({ id }) => id);
  const [ids, setIds] = useState<readonly string[] | null>(null);
  const [platform, setPlatform] = useState<Example['platform']>('web');
  const [isMember, setMember] = useState(false);
  const [moment, setMoment] = useState<string | null>(null);
  const nowMs = desk.outside.now();
  const usualMoment = period === null ? nowMs : exampleMoment(period[0], period[1], nowMs);
  const shownMoment = moment ?? fieldTime(usualMoment);
  const example: Example = {
    productIds: ids ?? usual.slice(0, EXAMPLES),
    platform,
    isMember,
    atMs: momentOf(shownMoment) ?? usualMoment,
  };
  return { example, shownMoment, setIds, setPlatform, setMember, setMoment };
}

function Cart({ of }: { readonly of: ReturnType<typeof useExample> }) {
  const { example, shownMoment } = of;
  return (
    <div class="example">
      <Labelled label="购物车里的商品" fault={null}>
        {(ids) => (
          <SeveralFound
            of="ProductId"
            typed={example.productIds.join('\n')}
            set={(typed) => of.setIds(idsIn(typed))}
            control={ids}
          />
        )}
      </Labelled>
      <Labelled label="设备" fault={null}>
        {(ids) => (
          <select
            {...ids}
            value={example.platform}
            onInput={(event) => {
              const chosen = PLATFORMS.find((one) => one === event.currentTarget.value);
              if (chosen !== undefined) of.setPlatform(chosen);
            }}
          >
            {PLATFORMS.map((one) => (
              <option key={one} value={one}>
                {wordOf('platform', one)}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled label="下单时间" fault={null}>
        {(ids) => <Input kind="datetime-local" text={shownMoment} set={of.setMoment} control={ids} />}
      </Labelled>
      <Box label="买家是全站会员" isOn={example.isMember} set={of.setMember} />
    </div>
  );
}

/** The example. Both are null while the promotion cannot be read yet; `period` is when it runs. */
export function Preview({ tried, period }: { readonly tried: Tried | null; readonly period: Period | null }) {
  return mayCall(useRole(), 'previewQuote') ? <Trial tried={tried} period={period} /> : null;
}

function Trial({ tried, period }: { readonly tried: Tried | null; readonly period: Period | null }) {
  const of = useExample(tried, period);
  const asked = useSettled(tried === null ? null : previewAsked(tried, of.example));
  const { data, trouble, isBusy } = useCall('previewQuote', asked);
  return (
    <section class="box preview">
      <header>
        <h2>试算</h2>
        <p class="hint">一位新买家按此下单的价格。与其他进行中的活动一起计算，不保存。</p>
      </header>
      <Cart of={of} />
      {tried === null && <p class="hint">填完上面的内容后，这里会显示价格。</p>}
      {tried !== null && asked === null && <p class="hint">请为购物车选择商品。</p>}
      {asked !== null && trouble !== null && <TroubleNote trouble={trouble} />}
      {asked !== null && data === null && isBusy && <Skeleton lines={3} />}
      {asked !== null && trouble === null && data !== null && <Outcome quote={data.quote} />}
    </section>
  );
}
