/** What the phone does when it is to pay: what its owner decided beside it. */
import type { Host, Settings } from './host.ts';
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

/** What was decided about the next payment. It counts once. */
function decided(settings: Settings) {
  const { payment } = settings;
  settings.payment = 'pay';
  return payment;
}

/** WeChat Pay. Null when the phone says nothing. */
export async function payOrdinary(
  host: Host,
  settings: Settings,
  options: PaymentOptions,
): Promise<CallResult | null> {
  const outcome = decided(settings);
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
  host: Host,
  settings: Settings,
  options: VirtualPaymentOptions,
): Promise<VirtualPaymentFailure | null> {
  const outcome = decided(settings);
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
