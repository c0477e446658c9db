import { payOrder } from '../../functions/payments/payOrder.ts';
import { sendTo } from '../../local/simulators/exchange.ts';
import { wechatPay } from '../../shared/adapters/wxpay/rail.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';
import { askBack } from '../support/given/refund.ts';
import { keys } from '../support/keys.ts';
import { NOTIFY_URL } from '../support/outside.ts';
import { Export } from './auditor.ts';
import { bar, lanes } from './bar.ts';
import { openShop, type Shop } from './shop.ts';

const AT_ONCE = 8;
/** The interval of a client's calls. It is short enough that breakers open, probe and close. */
const CLIENT_EVERY_MS = 50;
/** The retries that a process may make before it has earned any. */
const TRIES_AT_FIRST = 2;
const BUYERS = 50;
/** The longest first pause of a failed task. It doubles with each failure. */
const FIRST_PAUSE_MS = 5 * SECOND_MS;
const DELIVERIES = 4;
const BUCKETS = 20;

/** Counts the calls to WeChat Pay from now on. */
function countCalls({ world: { wechatPay } }: Shop): { calls: number } {
  const counted = { calls: 0 };
  const handle = wechatPay.handle.bind(wechatPay);
  wechatPay.handle = (request) => {
    counted.calls += 1;
    return handle(request);
  };
  return counted;
}

/** Gives the shop a backup address of WeChat Pay. Without one, nothing is retried. */
function withBackup({ world }: Shop): void {
  const { appid, merchantId, merchantSerial, merchantPrivateKeyPem, apiV3Key } = keys;
  const publicKeys = [{ id: keys.publicKeyId, pem: keys.publicKeyPem }];
  const account = { publicKeys, appid, merchantId, merchantSerial, merchantPrivateKeyPem };
  const wxpay = wechatPay({
    ...account,
    apiV3Keys: [apiV3Key],
    baseUrl: 'https://api.mch.weixin.qq.com',
    backupBaseUrl: 'https://api2.mch.weixin.qq.com',
    notifyUrl: NOTIFY_URL,
    send: sendTo((request) => world.wechatPay.handle(request)),
    clock: world.clock,
    log: world.ports.log,
    ids: world.ports.ids,
    loop: world.ports.loop,
  });
  Object.assign(world.ports.rails, { wxpay });
}

/**
 * So many clients ask to pay at a rail that fails with this probability. Answers the calls for each client, and the
 * answers to the clients.
 */
async function storm(
  seed: number,
  clients: number,
  faults: Readonly<Partial<Record<'serverError' | 'rateLimited', number>>>,
) {
  const shop = await openShop(seed);
  withBackup(shop);
  const asks: (() => Promise<string>)[] = [];
  for (let n = 0; n < clients; n += 1) {
    const buyer = await shop.buyer(`buyer${n % BUYERS}`);
    const order = await shop.order(buyer);
    asks.push(async () => {
      const asked = { orderId: order.id };
      shop.world.clock.advance(CLIENT_EVERY_MS);
      const { status, headers } = await shop.world.call(payOrder, asked, { token: buyer.token });
      return status === 503 && !('retry-after' in headers) ? '503 without retry-after' : String(status);
    });
  }
  Object.assign(shop.world.wechatPay.faults.shares, faults);
  const counted = countCalls(shop);
  const told = await lanes(asks, AT_ONCE, (ask) => ask());
  const wrong = [...new Set(told)].filter((status) => status !== '200' && status !== '503');
  return { amplification: counted.calls / clients, calls: counted.calls, wrong };
}

/** The pause of refunds after each failure, as a share of the longest pause allowed. */
async function pausesOf(seed: number, count: number): Promise<number[]> {
  const shop = await openShop(seed);
  const { world } = shop;
  for (let n = 0; n < count; n += 1) {
    const buyer = await shop.buyer(`buyer${n % BUYERS}`);
    const order = await shop.order(buyer);
    await shop.pay(buyer, order);
    await world.drain();
    world.bus.faults.loss = 1;
    await askBack(world, buyer, order, order.payableFen);
    world.bus.faults.loss = 0;
  }
  // The answer is "not enough money", which is no failure of the rail. If the rail were down, the breaker would stop
  // most of the calls.
  world.wechatPay.faults.shares.fundsLacking = 1;
  const shares: number[] = [];
  for (let delivery = 0; delivery < DELIVERIES; delivery += 1) {
    const store = await Export.of(world.ports.database.exportAll());
    const waiting = store.all('tasks').filter((task) => task.consumer === 'submitRefund');
    for (const { event } of waiting)
      await world.deliver('submitRefund', (event as { id: string }).id).catch(() => undefined);
    const after = await Export.of(world.ports.database.exportAll());
    for (const { id } of waiting) {
      const task = after.find('tasks', String(id));
      const longestMs = FIRST_PAUSE_MS * 2 ** (Number(task?.attempts) - 1);
      if (task?.state === 'pending')
        shares.push((Number(task.nextAtMs) - Number(task.updatedAtMs)) / longestMs);
    }
    world.clock.advance(60 * SECOND_MS);
  }
  return shares;
}

/**
 * When a rail is down, its breaker stops the calls. So retries are also counted at a failure rate too low for the
 * breaker.
 *
 * Seen red: with a retry budget that never ends; with the same pause for all.
 */
export const R20 = bar({
  proves:
    'a rail that fails is called at most 1.2 times for each client, refusals once, and pauses are spread evenly',
  flags: { clients: 1_000, refunds: 150 },
  brief: { clients: 100, refunds: 20 },
  run: async ({ seed, flags, note }) => {
    const down = await storm(seed, flags.clients, { serverError: 1 });
    note(`down: ${down.calls} calls for ${flags.clients} clients`);
    const flaky = await storm(seed, flags.clients, { serverError: 0.3 });
    note(`failing now and then: ${flaky.calls} calls`);
    const refusing = await storm(seed, flags.clients, { rateLimited: 0.3 });
    note(`refusing: ${refusing.calls} calls`);
    const pauses = await pausesOf(seed, flags.refunds);
    const buckets = Array.from({ length: BUCKETS }, () => 0);
    for (const share of pauses) {
      const at = Math.floor(share * BUCKETS);
      buckets[at] = (buckets[at] ?? 0) + 1;
    }
    const fullest = Math.max(...buckets) / pauses.length;
    const violations = [...down.wrong, ...flaky.wrong, ...refusing.wrong].map((status) => `told ${status}`);
    if (refusing.amplification > 1) violations.push('refusals are asked again');
    if (buckets.length > BUCKETS) violations.push('a pause is longer than it may be');
    if (pauses.length < flags.refunds * DELIVERIES) violations.push(`only ${pauses.length} pauses`);
    const measured = {
      down: down.amplification,
      flaky: flaky.amplification,
      refusing: refusing.amplification,
      pauses: pauses.length,
      fullest,
      violations,
    };
    const most = 1.2 + TRIES_AT_FIRST / flags.clients;
    const isCalm = down.amplification <= 1.2 && flaky.amplification <= most;
    return { pass: isCalm && fullest < 0.1 && violations.length === 0, measured };
  },
});
