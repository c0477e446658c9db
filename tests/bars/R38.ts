import type { PlantedRefusal } from '../../local/simulators/wxpay/simulator.ts';
import type { Platform } from '../../shared/schemas/orders/order.ts';
import { askBack } from '../support/given/refund.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { openShop, type Shop } from './shop.ts';

/** What is planted, and the case that must follow. */
interface Refusing {
  readonly name: string;
  readonly platform: Platform;
  readonly caseId: string;
  /** Turns the refusals on or off. */
  plant(shop: Shop, isOn: boolean): void;
}

const wxpay = (code: string, changes: Partial<PlantedRefusal> = {}): Refusing => ({
  name: code,
  platform: 'web',
  caseId: `platform_refused:wxpay:${code}`,
  plant: ({ world }, isOn) => {
    const words = { code, message: '商户侧配置有误', detail: { field: 'serial_no', issue: 'unknown' } };
    world.wechatPay.refusing = isOn ? { path: /./, status: 403, words, isSigned: true, ...changes } : null;
  },
});

const xpay = (errcode: number): Refusing => ({
  name: String(errcode),
  platform: 'android',
  caseId: `platform_refused:xpay:${errcode}`,
  plant: ({ world }, isOn) => {
    world.xpay.refusing = isOn ? { path: /^\/xpay\//, words: { errcode, errmsg: '签名错误' } } : null;
  },
});

const REFUSING: readonly Refusing[] = [
  wxpay('NO_AUTH'),
  wxpay('SIGN_ERROR', { status: 401, isSigned: false }),
  wxpay('MCH_NOT_EXISTS', { status: 404 }),
  xpay(268490003),
];

/**
 * A breaker lets about 150 calls a day through to an endpoint that refuses us like this, and five endpoints are called.
 */
const CALLS_A_DAY_MAX = 5 * 160;
const DAY_MINUTES = 24 * 60;
/** The longest pauses are ten minutes for a breaker and half an hour for a task. */
const MENDED_WITHIN_MINUTES = 120;

/** Counts the calls to both platforms from now on. */
function countCalls({ world: { wechatPay, xpay } }: Shop): { calls: number } {
  const counted = { calls: 0 };
  for (const simulator of [wechatPay, xpay]) {
    const handle = simulator.handle.bind(simulator);
    simulator.handle = (request) => {
      counted.calls += 1;
      return handle(request);
    };
  }
  return counted;
}

/** Runs one shop in which refunds and closings wait for a day. Answers what was wrong. */
async function refusedForADay(seed: number, refusing: Refusing, waiting: number) {
  const shop = await openShop(seed);
  const { world } = shop;
  const { platform } = refusing;
  const back: Parameters<typeof askBack>[] = [];
  for (let n = 0; n < waiting; n += 1) {
    const buyer = await shop.buyer(`paid${n}`);
    const order = await shop.order(buyer, { platform });
    await shop.pay(buyer, order);
    back.push([world, buyer, order, order.payableFen]);
  }
  await world.drain();
  refusing.plant(shop, true);
  const counted = countCalls(shop);
  for (const asked of back) await askBack(...asked);
  for (let n = 0; n < waiting; n += 1) {
    const buyer = await shop.buyer(`left${n}`);
    await shop.pay(buyer, await shop.order(buyer, { platform }));
  }
  await shop.rest(DAY_MINUTES);
  const { calls } = counted;
  const store = await Export.of(world.ports.database.exportAll());
  const told = store.all('cases').filter(({ kind }) => kind === 'platform_refused');
  const lines = world.logs.filter((line) => 'platformRefused' in line && line.level === 'error').length;
  refusing.plant(shop, false);
  await shop.rest(MENDED_WITHIN_MINUTES);
  const wrong = await shop.audit(true);
  const given = shop.books().refunds.filter(({ isSuccess }) => isSuccess).length;
  if (told.length !== 1 || told[0]?.id !== refusing.caseId)
    wrong.push(`cases: ${told.map(({ id }) => id).join(', ') || 'none'}`);
  if (calls > CALLS_A_DAY_MAX) wrong.push(`${calls} calls in a day`);
  if (lines === 0) wrong.push('no error in the log');
  if (given !== waiting) wrong.push(`${given} of ${waiting} refunds went back when it was mended`);
  await world.close();
  return { calls, violations: wrong.map((each) => `${refusing.name}: ${each}`) };
}

/**
 * The platform refuses every call for a day, as it does for a merchant with a wrong key or a missing permission.
 * Meanwhile refunds and closings wait.
 *
 * Seen red: with a breaker that ignores such refusals (4,000 calls a day and more); with a runtime that ignores what
 * platforms refuse (no case).
 */
export const R38 = bar({
  proves:
    'a platform that refuses us for a day because of our own account is asked rarely, is one case, and all goes on when mended',
  flags: { waiting: 30 },
  run: async ({ seed, flags, note }) => {
    const violations: string[] = [];
    const calls: Record<string, number> = {};
    for (const refusing of REFUSING) {
      const judged = await refusedForADay(seed, refusing, flags.waiting);
      calls[refusing.name] = judged.calls;
      violations.push(...judged.violations);
      note(`${refusing.name}: ${judged.calls} calls`);
    }
    return { pass: violations.length === 0, measured: { calls, violations } };
  },
});
