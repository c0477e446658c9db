import fc from 'fast-check';
import type { OrderState, OrderView, PhonePaymentView, Quote } from '../../client/types.ts';
import {
  type Buying,
  type BuyingEffect,
  type BuyingEvent,
  buy,
  buyingOf,
  endOfPayment,
  endOfVirtualPayment,
  readyToBuy,
  type SheetEnd,
} from '../../miniprogram/model/buying.ts';
import type { Failure } from '../../miniprogram/model/failure.ts';
import { seed } from '../support/seeded.ts';

const orderOf = (id: string, state: OrderState): OrderView => ({
  ...{ id, state, lines: [], listFen: 9_900, discountFen: 0, payableFen: 9_900, applied: [], rail: 'xpay' },
  ...{ couponId: null, earnsPoints: 99, createdAtMs: 0, expiresAtMs: 900_000, paidAtMs: null },
  ...{ closedAtMs: null, closeReason: null, platform: 'android', refundingFen: 0, refundedFen: 0 },
  ...{ lineRefunds: [], revoked: [] },
});

const payment: PhonePaymentView = {
  ...{ rail: 'xpay', mode: 'short_series_goods', signData: '{}', paySig: 'a', signature: 'b' },
};

const failing = (code: string, kind: Failure['kind'] = 'refused'): BuyingEvent => ({
  ...{ kind: 'failed', failure: { kind, code, message: code, requestId: 'r' } },
});

const lost = failing('lost', 'offline');
const repriced: BuyingEvent = { kind: 'repriced', quote: { payableFen: 8_900 } as Quote };

/** Steps through events and collects what was to be done. */
function walk(start: Buying, events: readonly BuyingEvent[]) {
  const effects: BuyingEffect[] = [];
  let state = start;
  for (const event of events) {
    const step = buy(state, event);
    state = step.next;
    effects.push(...step.effects);
  }
  return { state, effects };
}

const tap = (newId = 'ord_2'): BuyingEvent => ({ kind: 'tap', newId });
const created = (state: OrderState = 'pending', id = 'ord_1'): BuyingEvent => ({
  ...{ kind: 'created', order: orderOf(id, state) },
});
const asked = (state: OrderState): BuyingEvent => ({ kind: 'asked', order: orderOf('ord_1', state) });
const sheet = (end: SheetEnd): BuyingEvent => ({ kind: 'sheet', end });
const opened: BuyingEvent = { kind: 'opened', payment };
const atSheet = [tap('ord_1'), created(), opened];

describe('buying, step by step', () => {
  test('a tap places an order, opens it, shows the sheet, and asks the server', () => {
    const { state, effects } = walk(readyToBuy(null), [...atSheet, sheet('over'), asked('paid')]);
    expect(state).toMatchObject({ at: 'paid' });
    expect(effects.map((effect) => effect.do)).toEqual([...['create', 'forget', 'open', 'sheet', 'ask']]);
  });

  test('an order that costs nothing is paid without a sheet', () => {
    const { state, effects } = walk(readyToBuy(null), [tap('ord_1'), created('paid')]);
    expect(state.at).toBe('paid');
    expect(effects.map((effect) => effect.do)).toEqual(['create', 'forget']);
  });

  test('a second tap changes nothing while the first is under way', () => {
    const once = walk(readyToBuy(null), [tap('ord_1')]);
    expect(walk(once.state, [tap('ord_9'), tap('ord_8')])).toEqual({ state: once.state, effects: [] });
  });

  test('without an answer the next tap asks under the same id', () => {
    const { effects } = walk(readyToBuy(null), [tap('ord_1'), lost, tap('ord_2')]);
    expect(effects).toEqual([
      { do: 'create', orderId: 'ord_1' },
      { do: 'create', orderId: 'ord_1' },
    ]);
    expect(walk(readyToBuy('ord_kept'), [tap('ord_2')]).effects).toEqual([
      { do: 'create', orderId: 'ord_kept' },
    ]);
  });

  test('a fault that may pass keeps the id, and a refusal for good makes a new one', () => {
    const events = (kind: Failure['kind']) => [tap('ord_1'), failing('internal', kind), tap('ord_2')];
    expect(walk(readyToBuy(null), events('later')).effects.at(-1)).toEqual({
      do: 'create',
      orderId: 'ord_1',
    });
    expect(walk(readyToBuy(null), events('refused')).effects.at(-1)).toEqual({
      do: 'create',
      orderId: 'ord_2',
    });
  });

  test('an id that has another order leads to that order', () => {
    const { state, effects } = walk(readyToBuy('ord_1'), [
      ...[tap(), failing('order.id_taken'), asked('pending')],
    ]);
    expect(state).toMatchObject({ at: 'kept', because: 'found' });
    expect(effects.filter((effect) => effect.do === 'create')).toHaveLength(1);
  });

  test('a changed price is shown, and the next tap is a new order', () => {
    const { state } = walk(readyToBuy(null), [...[tap('ord_1'), repriced]]);
    expect(state).toEqual({ at: 'repriced', quote: { payableFen: 8_900 } });
    expect(walk(state, [tap('ord_2')]).effects).toEqual([{ do: 'create', orderId: 'ord_2' }]);
  });

  test('a cancel is no failure: the order is kept, and can be paid', () => {
    const { state } = walk(readyToBuy(null), [...atSheet, sheet('cancelled'), asked('pending')]);
    expect(state).toMatchObject({ at: 'kept', because: 'cancelled', failure: null });
    expect(walk(state, [tap()]).effects).toMatchObject([{ do: 'open' }]);
  });

  test('a failure is not believed: seven questions, and then it is unclear', () => {
    const questions = Array.from({ length: 7 }, () => asked('pending'));
    const { state, effects } = walk(readyToBuy(null), [...atSheet, sheet('over'), ...questions]);
    expect(state).toMatchObject({ at: 'kept', because: 'unclear' });
    const waits = effects.flatMap((effect) => (effect.do === 'ask' ? [effect.afterMs] : []));
    const times = waits.map((_, index) => waits.slice(0, index + 1).reduce((sum, each) => sum + each));
    expect(times).toEqual([0, 500, 1_000, 2_000, 3_000, 5_000, 8_000]);
  });

  test('an ended session is renewed once and not more', () => {
    const again = [sheet('session_ended'), opened, sheet('session_ended')];
    const { effects } = walk(readyToBuy(null), [...atSheet, ...again]);
    expect(effects.filter((effect) => effect.do === 'open')).toHaveLength(2);
    expect(effects.at(-1)).toMatchObject({ do: 'ask' });
  });

  test('a sheet that wants a tap gets the payment that is prepared', () => {
    const { state, effects } = walk(readyToBuy(null), [...atSheet, sheet('needs_tap'), tap()]);
    expect(state.at).toBe('paying');
    expect(effects.at(-1)).toEqual({ do: 'sheet', payment });
  });

  test('an order that WeChat closed has to be ordered anew', () => {
    expect(walk(readyToBuy(null), [...atSheet, sheet('order_closed')]).state.at).toBe('lapsed');
  });

  test('a sheet without an end is asked about when the page is seen again', () => {
    const { state, effects } = walk(readyToBuy(null), [...atSheet, { kind: 'shown' }]);
    expect(effects.at(-1)).toEqual({ do: 'ask', orderId: 'ord_1', afterMs: 0 });
    const late = walk(state, [sheet('cancelled'), asked('pending')]);
    expect(late.state).toMatchObject({ at: 'kept', because: 'cancelled' });
  });

  test('an order that ended meanwhile is asked for', () => {
    const ended = failing('order.expired');
    expect(walk(readyToBuy(null), [tap('ord_1'), created(), ended, asked('closed')]).state.at).toBe('closed');
  });
});

describe('how a sheet ended', () => {
  test.each([
    ['requestPayment:ok', 'over'],
    ['requestPayment:fail cancel', 'cancelled'],
    ['requestPayment:fail:cancel', 'cancelled'],
    ['requestPayment:fail no permission', 'over'],
  ])('%s of WeChat Pay is %s', (errMsg, end) => expect(endOfPayment(errMsg)).toBe(end));

  test.each([
    [0, 'requestVirtualPayment:ok', 'over'],
    [-2, 'requestVirtualPayment:fail', 'cancelled'],
    [-1, 'requestVirtualPayment:fail', 'over'],
    [-15_005, 'requestVirtualPayment:fail', 'session_ended'],
    [-15_007, 'requestVirtualPayment:fail', 'session_ended'],
    [-15_012, 'requestVirtualPayment:fail', 'order_closed'],
    [-1, 'requestVirtualPayment:fail can only be invoked by user TAP gesture.', 'needs_tap'],
  ])('%d %s of virtual payment is %s', (errCode, errMsg, end) =>
    expect(endOfVirtualPayment({ errCode, errMsg })).toBe(end),
  );
});

/** A server of one buyer: its orders, and answers that may be lost after it acted. */
class Shop {
  readonly orders = new Map<string, OrderState>();
  sheets = 0;

  constructor(readonly chance: () => number) {}

  get open(): number {
    return [...this.orders.values()].filter((state) => state !== 'closed').length;
  }

  /** The event that follows an effect; null when the phone waits for something else. */
  answer(effect: BuyingEffect): BuyingEvent | null {
    const luck = this.chance();
    if (effect.do === 'forget') return null;
    if (effect.do === 'sheet') return this.#sheet(luck);
    if (effect.do === 'create') return this.#create(effect.orderId, luck);
    const id = effect.do === 'open' ? effect.order.id : effect.orderId;
    if (luck < 0.2) return lost;
    if (luck < 0.3) return failing('internal', 'later');
    const order = orderOf(id, this.orders.get(id) ?? 'closed');
    if (effect.do === 'ask') return { kind: 'asked', order };
    if (order.state !== 'pending') return failing('order.already_paid');
    return luck < 0.4 ? failing('auth.session_key_ended', 'later') : opened;
  }

  #create(orderId: string, luck: number): BuyingEvent {
    if (luck < 0.1) return lost;
    if (luck < 0.2) return repriced;
    if (luck < 0.25) return failing('order.too_many_pending');
    const before = this.orders.get(orderId);
    this.orders.set(orderId, before ?? (luck < 0.35 ? 'paid' : 'pending'));
    if (luck > 0.8) return lost;
    if (luck > 0.7) return failing('internal', 'later');
    if (before !== undefined && luck < 0.5) return failing('order.id_taken');
    return { kind: 'created', order: orderOf(orderId, this.orders.get(orderId) ?? 'pending') };
  }

  #sheet(luck: number): BuyingEvent | null {
    this.sheets += 1;
    const pending = [...this.orders].find(([, state]) => state === 'pending')?.[0];
    if (luck < 0.5 && pending !== undefined) this.orders.set(pending, 'paid');
    const ends: readonly SheetEnd[] = ['over', 'cancelled', 'session_ended', 'order_closed', 'needs_tap'];
    if (luck < 0.1 || luck > 0.9) return null;
    return { kind: 'sheet', end: luck < 0.5 ? 'over' : (ends[Math.floor(luck * 50) % 5] ?? 'over') };
  }
}

describe(`buying, whatever happens (seed ${seed})`, () => {
  const luck = fc.array(
    fc.nat(999).map((thousandths) => thousandths / 1_000),
    { minLength: 60, maxLength: 60 },
  );
  const hands = fc.array(fc.constantFrom<'tap' | 'shown' | 'wait'>('tap', 'shown', 'wait', 'wait'), {
    maxLength: 40,
  });

  /** Plays a buyer's hands against a shop, and looks at every step. */
  function play(
    chances: readonly number[],
    moves: readonly string[],
    look: (shop: Shop, state: Buying, event: BuyingEvent, effects: readonly BuyingEffect[]) => void,
  ) {
    let drawn = 0;
    const shop = new Shop(() => chances[drawn++ % chances.length] ?? 0);
    const due: BuyingEffect[] = [];
    let state = readyToBuy(null);
    let ids = 0;
    const happens = (event: BuyingEvent) => {
      const { next, effects } = buy(state, event);
      state = next;
      due.push(...effects.filter((effect) => effect.do !== 'forget'));
      look(shop, state, event, effects);
    };
    for (const move of moves) {
      if (move === 'tap') happens({ kind: 'tap', newId: `ord_${++ids}` });
      if (move === 'shown') happens({ kind: 'shown' });
      const effect = move === 'wait' ? due.shift() : undefined;
      const event = effect === undefined ? null : shop.answer(effect);
      if (event !== null) happens(event);
    }
  }

  test('never two orders', () => {
    fc.assert(
      fc.property(luck, hands, (chances, moves) =>
        play(chances, moves, (shop) => expect(shop.orders.size).toBeLessThanOrEqual(1)),
      ),
    );
  });

  test('success is never believed: paid is what the server said', () => {
    fc.assert(
      fc.property(luck, hands, (chances, moves) =>
        play(chances, moves, (shop, state) => {
          if (state.at !== 'paid') return;
          expect(shop.orders.get(state.order.id)).toBe('paid');
        }),
      ),
    );
  });

  test('one thing is done at a time', () => {
    fc.assert(
      fc.property(luck, hands, (chances, moves) =>
        play(chances, moves, (_shop, _state, _event, effects) =>
          expect(effects.filter((effect) => effect.do !== 'forget').length).toBeLessThanOrEqual(1),
        ),
      ),
    );
  });

  test('a cancel is never told as a failure', () => {
    fc.assert(
      fc.property(fc.constantFrom<OrderState>('pending', 'paid', 'closed', 'closing'), (found) => {
        const { state } = walk(readyToBuy(null), [...atSheet, sheet('cancelled'), asked(found)]);
        if (state.at === 'kept') expect(state).toMatchObject({ because: 'cancelled', failure: null });
        else expect(state).toEqual(buyingOf(orderOf('ord_1', found)));
      }),
    );
  });

  test('nothing is done after the page is gone', () => {
    fc.assert(
      fc.property(luck, hands, hands, (chances, before, after) => {
        let last: Buying = readyToBuy(null);
        play(chances, before, (_shop, state) => {
          last = state;
        });
        const gone = buy(last, { kind: 'left' }).next;
        play(chances, after, (_shop, _state, event) =>
          expect(buy(gone, event)).toEqual({ next: { at: 'left' }, effects: [] }),
        );
      }),
    );
  });
});
