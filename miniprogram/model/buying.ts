/**
 * How something is bought, as states and events. Nothing happens here: a step answers the next state and what is to be
 * done for it. One buying has one order. What the phone says of a payment is never believed; the server is asked.
 */
import type { OrderView, PhonePaymentView, Quote } from '../../client/types.ts';
import type { Failure } from './failure.ts';

/** How the payment sheet ended. Of `over` only the server knows what became of it: success is not believed either. */
export type SheetEnd = 'over' | 'cancelled' | 'session_ended' | 'order_closed' | 'needs_tap';

/**
 * Why an order is kept for the buyer. `found`: an earlier try had placed it. `refused`: its payment could not be
 * opened.
 */
export type KeptBecause = 'cancelled' | 'unclear' | 'found' | 'refused' | 'pending';

/** The state of a buying. */
export type Buying =
  /** Nothing is under way. `orderId` is that of a try that was never answered. */
  | { readonly at: 'ready'; readonly orderId: string | null }
  | { readonly at: 'creating'; readonly orderId: string }
  /** It is not known whether the order was placed. The next tap asks under the same id. */
  | { readonly at: 'unanswered'; readonly orderId: string; readonly failure: Failure }
  | { readonly at: 'repriced'; readonly quote: Quote }
  | { readonly at: 'refused'; readonly failure: Failure }
  /** The id has an order with another price, from a try that was never answered. It is fetched. */
  | { readonly at: 'finding'; readonly orderId: string }
  | { readonly at: 'opening'; readonly order: OrderView; readonly tries: number }
  /** The payment is signed, and WeChat wants a tap right before it is shown. */
  | { readonly at: 'prepared'; readonly order: OrderView; readonly payment: PhonePaymentView }
  | {
      readonly at: 'paying';
      readonly order: OrderView;
      readonly payment: PhonePaymentView;
      readonly tries: number;
    }
  | {
      readonly at: 'asking';
      readonly order: OrderView;
      readonly because: KeptBecause;
      readonly round: number;
    }
  | {
      readonly at: 'kept';
      readonly order: OrderView;
      readonly because: KeptBecause;
      readonly failure: Failure | null;
    }
  /** WeChat closed the payment of this order. It has to be ordered anew. */
  | { readonly at: 'lapsed'; readonly order: OrderView }
  | { readonly at: 'closed'; readonly order: OrderView }
  | { readonly at: 'paid'; readonly order: OrderView }
  /** The page is gone. Nothing more is done. */
  | { readonly at: 'left' };

/** What happened. */
export type BuyingEvent =
  /** The buyer tapped. `newId` is used when no id is kept. */
  | { readonly kind: 'tap'; readonly newId: string }
  | { readonly kind: 'created'; readonly order: OrderView }
  | { readonly kind: 'opened'; readonly payment: PhonePaymentView }
  | { readonly kind: 'asked'; readonly order: OrderView }
  /** The price is another one by now, and nothing was placed. */
  | { readonly kind: 'repriced'; readonly quote: Quote }
  /** A call failed, or was not answered. */
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'sheet'; readonly end: SheetEnd }
  /** The page came to the front again. */
  | { readonly kind: 'shown' }
  | { readonly kind: 'left' };

/** What is to be done. Every answer comes back as an event. */
export type BuyingEffect =
  /** Keeps the id in storage, then calls createOrder. */
  | { readonly do: 'create'; readonly orderId: string }
  /** Takes the id out of storage, because it was answered. */
  | { readonly do: 'forget' }
  | { readonly do: 'open'; readonly order: OrderView }
  | { readonly do: 'sheet'; readonly payment: PhonePaymentView }
  | { readonly do: 'ask'; readonly orderId: string; readonly afterMs: number };

/** The next state and what is to be done for it. */
export interface Step {
  readonly next: Buying;
  readonly effects: readonly BuyingEffect[];
}

/** The waits before each question: 0, 0.5, 1, 2, 3, 5 and 8 seconds after the sheet. */
const WAITS_MS = [0, 500, 500, 1_000, 1_000, 2_000, 3_000] as const;
const LAST_ROUND = WAITS_MS.length - 1;

/** How often a payment is opened again with a new code, when WeChat says that the session ended. */
const REOPENS_MAX = 1;

const to = (next: Buying, ...effects: readonly BuyingEffect[]): Step => ({ next, effects });

const FORGET: BuyingEffect = { do: 'forget' };

/** The state in which a page begins: with the id of an unanswered try, or null. */
export function readyToBuy(orderId: string | null): Buying {
  return { at: 'ready', orderId };
}

/** The state in which a page begins that was opened for an order, and why the order was not paid at once. */
export function buyingOf(order: OrderView, because: KeptBecause = 'pending'): Buying {
  if (order.state === 'paid') return { at: 'paid', order };
  if (order.state === 'closed') return { at: 'closed', order };
  return { at: 'kept', order, because, failure: null };
}

const BECAUSES: readonly KeptBecause[] = ['cancelled', 'unclear', 'found', 'refused', 'pending'];

/** The reason that an address names. */
export function becauseOf(text: string | undefined): KeptBecause {
  return BECAUSES.find((one) => one === text) ?? 'pending';
}

/** How the sheet of WeChat Pay ended, from its `errMsg`. */
export function endOfPayment(errMsg: string): SheetEnd {
  return /:\s*fail[: ]+cancel/i.test(errMsg) ? 'cancelled' : 'over';
}

/** How the sheet of virtual payment ended, from its error; `errCode` is 0 or absent for success. */
export function endOfVirtualPayment({
  errCode = 0,
  errMsg,
}: {
  readonly errCode?: number;
  readonly errMsg: string;
}): SheetEnd {
  if (errCode === -2 || endOfPayment(errMsg) === 'cancelled') return 'cancelled';
  if (errCode === -15_005 || errCode === -15_007) return 'session_ended';
  if (errCode === -15_012) return 'order_closed';
  return /tap gesture/i.test(errMsg) ? 'needs_tap' : 'over';
}

/** One step. An event that does not belong to the state changes nothing. */
export function buy(state: Buying, event: BuyingEvent): Step {
  if (state.at === 'left') return to(state);
  switch (event.kind) {
    case 'left':
      return to({ at: 'left' });
    case 'tap':
      return tapped(state, event.newId);
    case 'created':
      return state.at === 'creating' ? created(event.order) : to(state);
    case 'opened':
      return state.at === 'opening' ? paying(state.order, event.payment, state.tries) : to(state);
    case 'asked':
      return asked(state, event.order);
    case 'repriced':
      return state.at === 'creating' ? to({ at: 'repriced', quote: event.quote }, FORGET) : to(state);
    case 'failed':
      return failed(state, event.failure);
    case 'sheet':
      return sheetEnded(state, event.end);
    case 'shown':
      return shown(state);
  }
}

/** Whether a tap does anything now. */
export function mayTap({ at }: Buying): boolean {
  return ['ready', 'unanswered', 'repriced', 'refused', 'kept', 'prepared', 'paying'].includes(at);
}

function tapped(state: Buying, newId: string): Step {
  switch (state.at) {
    case 'ready':
    case 'unanswered':
      return creating(state.orderId ?? newId);
    case 'repriced':
    case 'refused':
      return creating(newId);
    case 'kept':
      return opening(state.order, 0);
    case 'prepared':
      return paying(state.order, state.payment, 0);
    case 'paying':
      return asking(state.order, 'unclear', 0);
    default:
      return to(state);
  }
}

function creating(orderId: string): Step {
  return to({ at: 'creating', orderId }, { do: 'create', orderId });
}

function opening(order: OrderView, tries: number): Step {
  return to({ at: 'opening', order, tries }, { do: 'open', order });
}

function paying(order: OrderView, payment: PhonePaymentView, tries: number): Step {
  return to({ at: 'paying', order, payment, tries }, { do: 'sheet', payment });
}

function asking(order: OrderView, because: KeptBecause, round: number): Step {
  const afterMs = WAITS_MS[round] ?? 0;
  return to({ at: 'asking', order, because, round }, { do: 'ask', orderId: order.id, afterMs });
}

/** One question now, and none after it. */
function askingOnce(order: OrderView, because: KeptBecause): Step {
  return to(
    { at: 'asking', order, because, round: LAST_ROUND },
    { do: 'ask', orderId: order.id, afterMs: 0 },
  );
}

function created(order: OrderView): Step {
  const after = order.state === 'pending' ? opening(order, 0) : to(buyingOf(order));
  return to(after.next, FORGET, ...after.effects);
}

function asked(state: Buying, order: OrderView): Step {
  if (state.at === 'finding') {
    return to(buyingOf(order, 'found'), FORGET);
  }
  if (state.at !== 'asking') return to(state);
  if (order.state === 'paid' || order.state === 'closed') return to(buyingOf(order));
  if (state.round < LAST_ROUND) return asking(order, state.because, state.round + 1);
  return to(keptOf({ order, because: state.because }));
}

function failed(state: Buying, failure: Failure): Step {
  const isLost = failure.kind === 'offline';
  switch (state.at) {
    case 'creating':
      return orderFailed(state.orderId, failure);
    case 'finding':
      return failure.kind === 'refused'
        ? to({ at: 'refused', failure }, FORGET)
        : to({ at: 'unanswered', orderId: state.orderId, failure });
    case 'opening':
      return paymentFailed(state, failure);
    case 'asking':
      return isLost ? asked(state, state.order) : to({ ...keptOf(state), failure });
    default:
      return to(state);
  }
}

function keptOf({ order, because }: { readonly order: OrderView; readonly because: KeptBecause }) {
  return { at: 'kept', order, because, failure: null } as const;
}

function orderFailed(orderId: string, failure: Failure): Step {
  if (failure.code === 'order.id_taken')
    return to({ at: 'finding', orderId }, { do: 'ask', orderId, afterMs: 0 });
  return failure.kind === 'refused'
    ? to({ at: 'refused', failure }, FORGET)
    : to({ at: 'unanswered', orderId, failure });
}

function paymentFailed(
  { order, tries }: { readonly order: OrderView; readonly tries: number },
  failure: Failure,
): Step {
  switch (failure.code) {
    case 'order.already_paid':
    case 'order.expired':
    case 'order.not_pending':
      return askingOnce(order, 'pending');
    case 'auth.session_key_ended':
    case 'auth.code_invalid':
      if (tries < REOPENS_MAX) return opening(order, tries + 1);
  }
  return to({ at: 'kept', order, because: 'refused', failure });
}

function sheetEnded(state: Buying, end: SheetEnd): Step {
  // The page came to the front before the sheet told its end.
  if (state.at === 'asking' && end === 'cancelled')
    return to({ ...state, because: 'cancelled', round: LAST_ROUND });
  if (state.at !== 'paying') return to(state);
  const { order, payment, tries } = state;
  switch (end) {
    case 'over':
      return asking(order, 'unclear', 0);
    case 'cancelled':
      return askingOnce(order, 'cancelled');
    case 'order_closed':
      return to({ at: 'lapsed', order });
    case 'needs_tap':
      return to({ at: 'prepared', order, payment });
    case 'session_ended':
      return tries < REOPENS_MAX ? opening(order, tries + 1) : askingOnce(order, 'unclear');
  }
}

function shown(state: Buying): Step {
  if (state.at === 'paying') return asking(state.order, 'unclear', 0);
  return state.at === 'kept' ? askingOnce(state.order, state.because) : to(state);
}
