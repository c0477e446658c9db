/** What the phone does when it is to pay: what its owner decided beside it. */
import { FIRST_SETTINGS, type Host, type PaymentOutcome, type Settings, type Sheet } from './host.ts';
import type { CallResult, PaymentOptions, VirtualPaymentFailure, VirtualPaymentOptions } from './platform.ts';

const CANCELLED = -2;
const FAILED = -1;

/** What the simulators tell about a payment. */
interface Told {
  readonly errMsg: string;
  readonly errCode: number;
}

function toldOf(answer: unknown): Told {
  const { errMsg = '', errCode = 0 } = (
    typeof answer === 'object' && answer !== null ? answer : {}
  ) as Partial<Told>;
  return { errMsg, errCode };
}

/** What a payment is made at. */
export interface Till {
  readonly host: Pick<Host, 'isAttended' | 'simulate'>;
  readonly settings: Settings;
  /** To whom, as the sheet says it. */
  readonly payee: string;
  ask(sheet: Omit<Sheet, 'chosen'>): Promise<number | null>;
}

/** What was decided about the next payment. It counts once. */
function decided(settings: Settings) {
  const { payment } = settings;
  settings.payment = FIRST_SETTINGS.payment;
  return payment;
}

interface Bill {
  readonly totalFen: number;
  readonly what: string;
}

/** Shows the sheet with the sum, and waits for the person. What cannot be paid is refused without a sheet. */
async function asked({ host, ask, payee }: Till, ticket: object): Promise<PaymentOutcome> {
  if (!host.isAttended) return 'pay';
  const { bill } = (await host.simulate('/phone/bill', ticket)) as { readonly bill: Bill | null };
  if (bill === null) return 'pay';
  const amount = `¥${(bill.totalFen / 100).toFixed(2)}`;
  const sheet = { kind: 'payment', title: `付款给${payee}`, text: bill.what, amount } as const;
  return (await ask({ ...sheet, choices: ['确认支付'] })) === 0 ? 'pay' : 'cancel';
}

/** WeChat Pay. Null when the phone says nothing. */
export async function payOrdinary(till: Till, options: PaymentOptions): Promise<CallResult | null> {
  const { host, settings } = till;
  const set = decided(settings);
  const outcome = set === 'ask' ? await asked(till, { rail: 'wxpay', package: options.package }) : set;
  const name = 'requestPayment';
  if (typeof outcome === 'number' || outcome === 'fail') return { errMsg: `${name}:fail system error` };
  const { errMsg } = toldOf(
    await host.simulate('/phone/pay', {
      name: settings.who,
      rail: 'wxpay',
      decision: outcome === 'cancel' ? 'dismiss' : 'confirm',
      ...options,
    }),
  );
  if (outcome === 'silent') return null;
  return { errMsg: outcome === 'told_failed' ? `${name}:fail system error` : errMsg };
}

/** Virtual payment. Null when the phone says nothing. */
export async function payVirtual(
  till: Till,
  options: VirtualPaymentOptions,
): Promise<VirtualPaymentFailure | null> {
  const { host, settings } = till;
  const set = decided(settings);
  const outcome = set === 'ask' ? await asked(till, { rail: 'xpay', signData: options.signData }) : set;
  const failed = (errCode: number) => ({ errCode, errMsg: `requestVirtualPayment:fail ${errCode}` });
  if (typeof outcome === 'number') return failed(outcome);
  if (outcome === 'fail') return failed(FAILED);
  const { mode, signData, paySig, signature } = options;
  const told = toldOf(
    await host.simulate('/phone/pay', {
      ...{ name: settings.who, rail: 'xpay', platform: settings.platform },
      ...{ decision: outcome === 'cancel' ? 'dismiss' : 'confirm', mode, signData, paySig, signature },
    }),
  );
  if (outcome === 'silent') return null;
  if (outcome === 'told_failed') return failed(FAILED);
  return told.errCode === CANCELLED
    ? { errCode: CANCELLED, errMsg: 'requestVirtualPayment:fail cancel' }
    : told;
}
