/**
 * A buyer who uses only HTTP and a phone. Plays whole journeys for the benchmark and the chaos run, and records every
 * answer that promised something.
 */
import { createClient, ZhikeError } from '../../client/client.ts';
import { makeId } from '../../client/id.ts';
import { addressOf } from '../support/addressOf.ts';
import { exchange } from './measure.ts';

/** What a buyer was promised with a 2xx. It must stay true whatever happens. */
export interface Promised {
  readonly name: string;
  userId: string | null;
  couponId: string | null;
  orderId: string | null;
  payableFen: number | null;
  /** The API answered the parameters for the phone's payment. */
  isHanded: boolean;
  /** The phone said that the money was taken. */
  isPaidAtPhone: boolean;
  /** The API said that the order is paid. */
  isPaid: boolean;
  /** The paid lesson opened. */
  isOpen: boolean;
  /** The accepted refund; null when there was none. */
  refundId: string | null;
  /** The API said that the refund has succeeded. */
  isBack: boolean;
}

export interface Shop {
  readonly api: string;
  readonly phone: string;
  /** Called for each request to the API. */
  readonly called?: () => void;
  /** The words to search for, and the course to buy. They are chosen so that a claimable coupon applies. */
  readonly words: string;
  readonly random: () => number;
  /** Waits that many milliseconds, or until something has happened that makes a retry worthwhile. */
  readonly pause: (ms: number) => Promise<void>;
  /** The clock that ends patience: real time by default. One that stands still never ends it. */
  readonly nowMs?: () => number;
  /** How long a call without an answer (refused connection, 5xx) is retried; 0 gives up at once. */
  readonly patienceMs: number;
  /**
   * The platform on which the buyer pays, which decides the rail, and whether the points of a check-in are spent. By
   * default in a browser without points.
   */
  readonly paying?: { readonly platform: 'web' | 'android'; readonly withPoints: boolean };
}

/** A client of the API, as `clientOf` makes it. */
export type Client = ReturnType<typeof createClient>;

/** The result of a whole journey, for follow-up steps. */
export interface Bought {
  /** The client with the buyer's session. */
  readonly client: Client;
  readonly orderId: string;
  readonly lessonId: string;
  readonly couponId: string | null;
  readonly payableFen: number;
  /** The points that were spent. */
  readonly pointsSpent: number;
}

async function phoneCall<T>(shop: Shop, path: string, body: unknown): Promise<T> {
  const answer = await exchange(
    'POST',
    `${shop.phone}${path}`,
    { 'content-type': 'application/json' },
    JSON.stringify(body),
  );
  if (answer.status !== 200) throw new Error(`the phone answered ${answer.status}: ${answer.body}`);
  return JSON.parse(answer.body) as T;
}

/** Whether a retry may succeed: there was no answer, or the answer says "later". */
function isWorthRepeating(caught: unknown): boolean {
  return !(caught instanceof ZhikeError) || caught.retry === 'later';
}

const realMs = () => performance.now();

async function patiently<T>(shop: Shop, call: () => Promise<T>): Promise<T> {
  const { nowMs = realMs } = shop;
  const deadline = nowMs() + shop.patienceMs;
  for (let pauseMs = 5; ; pauseMs = Math.min(200, pauseMs * 2)) {
    try {
      return await call();
    } catch (caught) {
      if (!isWorthRepeating(caught) || nowMs() >= deadline) throw caught;
      await shop.pause(pauseMs * (0.5 + shop.random()));
    }
  }
}

/** Retries with growing pauses until the answer is right. @throws Error when that takes too long */
export async function until<T>(
  shop: Shop,
  ask: () => Promise<T>,
  isRight: (answer: T) => boolean,
): Promise<T> {
  const { nowMs = realMs } = shop;
  const deadline = nowMs() + shop.patienceMs + 15_000;
  for (let pauseMs = 2; ; pauseMs = Math.min(50, pauseMs * 2)) {
    const answer = await patiently(shop, ask);
    if (isRight(answer)) return answer;
    if (nowMs() >= deadline) throw new Error('what was promised did not come about');
    await shop.pause(pauseMs);
  }
}

/** A client of the API over a minimal connection. Its address is passed on as by a proxy. */
export function clientOf(
  shop: Pick<Shop, 'api' | 'called'>,
  token: () => string | null,
  name = 'somebody',
): Client {
  const forwarded = { 'x-forwarded-for': addressOf(name) };
  return createClient({
    baseUrl: shop.api,
    token,
    request: ({ method, url, headers, body }) => {
      shop.called?.();
      return exchange(method, url, { ...headers, ...forwarded }, body ?? '');
    },
  });
}

/** Logs in by WeChat, under this name. */
export async function logIn(shop: Shop, client: Client, name: string) {
  // A code works once and its answer may be lost, so each try fetches a new code, as the mini-program does.
  return patiently(shop, async () => {
    const { code } = await phoneCall<{ code: string }>(shop, '/phone/login', { name });
    try {
      return await client.login({ code });
    } catch (caught) {
      if (caught instanceof ZhikeError && caught.code === 'auth.code_invalid')
        throw new Error('the code was used up');
      throw caught;
    }
  });
}

/**
 * A whole journey: log in, search, look, claim a coupon, quote, order, pay, and learn. `promised` is filled as answers
 * come, so promises before a failure are known too.
 */
export async function buy(shop: Shop, promised: Promised): Promise<Bought> {
  let token: string | null = null;
  const client = clientOf(shop, () => token, promised.name);
  const login = await logIn(shop, client, promised.name);
  token = login.token;
  promised.userId = login.user.id;

  const found = await patiently(shop, () => client.searchCourses({ q: shop.words }));
  const first = found.items[0];
  if (first === undefined) throw new Error(`nothing is found for ${shop.words}`);
  const course = await patiently(shop, () => client.getCourse({ id: first.id }));
  const lesson = course.chapters.flatMap((chapter) => chapter.lessons).find(({ isTrial }) => !isTrial);
  if (lesson === undefined) throw new Error('the course has no paid lesson');

  const offers = await patiently(shop, () => client.listCoupons({}));
  const offer = offers.items.find(
    ({ rule, mayClaim }) => mayClaim && rule.kind === 'full_reduction' && rule.thresholdFen <= course.listFen,
  );
  if (offer !== undefined) {
    const { coupon } = await patiently(shop, () => client.receiveCoupon({ templateId: offer.id }));
    promised.couponId = coupon.id;
  }
  const { couponId } = promised;
  const { platform, withPoints } = shop.paying ?? { platform: 'web', withPoints: false };
  const asked = {
    lines: [{ productId: course.id }],
    couponId,
    platform,
    points: withPoints ? (await patiently(shop, () => client.checkIn())).balance : 0,
  };
  const { quote } = await patiently(shop, () => client.quoteOrder(asked));
  if (withPoints && quote.points.count === 0) throw new Error('no points were taken');
  const orderId = makeId('ord', Date.now(), shop.random);
  const { order } = await patiently(shop, () =>
    client.createOrder({ ...asked, orderId, points: quote.points.count, shownFen: quote.payableFen }),
  );
  promised.orderId = order.id;
  promised.payableFen = order.payableFen;

  const { payment } = await patiently(shop, () => client.payOrder({ orderId }));
  promised.isHanded = true;
  const { errMsg } = await phoneCall<{ errMsg: string }>(shop, '/phone/pay', {
    ...payment,
    name: promised.name,
    decision: 'confirm',
  });
  if (!/^request(Virtual)?Payment:ok$/.test(errMsg)) throw new Error(`the phone said ${errMsg}`);
  promised.isPaidAtPhone = true;
  await until(
    shop,
    () => client.getOrder({ orderId }),
    (answer) => answer.order.state === 'paid',
  );
  promised.isPaid = true;
  await until(
    shop,
    () => openLesson(client, lesson.id),
    (isOpen) => isOpen,
  );
  promised.isOpen = true;
  await until(
    shop,
    () => client.getPoints({}),
    (points) => points.balance >= Math.floor(quote.payableFen / 100),
  );
  const { payableFen } = quote;
  return { client, orderId, lessonId: lesson.id, couponId, payableFen, pointsSpent: quote.points.count };
}

/** Asks for a full refund of an order and waits until it has succeeded. The policy must approve it by itself. */
export async function askBack(
  shop: Shop,
  promised: Promised,
  { client, orderId }: Pick<Bought, 'client' | 'orderId'>,
): Promise<void> {
  const { quote } = await patiently(shop, () => client.quoteRefund({ orderId }));
  if (quote.by !== 'automatic') throw new Error(`the refund is decided by ${quote.by}`);
  const refundId = makeId('rfd', Date.now(), shop.random);
  const asked = { orderId, refundId, productIds: null, words: '买错了', shownFen: quote.refundFen };
  await patiently(shop, () => client.requestRefund(asked));
  promised.refundId = refundId;
  await until(
    shop,
    () => client.listRefunds({ orderId }),
    ({ refunds }) => refunds.some(({ id, state }) => id === refundId && state === 'success'),
  );
  promised.isBack = true;
}

/** Whether the lesson opens. Access is granted a moment after the payment. */
export async function openLesson(client: Client, lessonId: string): Promise<boolean> {
  try {
    await client.getLesson({ id: lessonId });
    return true;
  } catch (caught) {
    if (caught instanceof ZhikeError && caught.code === 'lesson.not_owned') return false;
    throw caught;
  }
}

/** Nothing promised yet. */
export function nothingPromised(name: string): Promised {
  return {
    name,
    userId: null,
    couponId: null,
    orderId: null,
    payableFen: null,
    isHanded: false,
    isPaidAtPhone: false,
    isPaid: false,
    isOpen: false,
    refundId: null,
    isBack: false,
  };
}
