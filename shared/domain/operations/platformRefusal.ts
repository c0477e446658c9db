/**
 * When staff are told that a platform refuses us: at once when it is ours to fix, after an hour when the code is
 * unknown.
 */
import type { Refusal } from '../../errors.ts';
import { HOUR_MS, MINUTE_MS, type TimeMs } from '../../schemas/base.ts';
import type { PlatformRefusal } from '../../schemas/operations/platformRefusal.ts';

/** How long an unknown code is treated as temporary. */
export const UNKNOWN_PASSES_MS = HOUR_MS;
/** The shortest time between two records of the same code. */
const HEARD_EVERY_MS = 10 * MINUTE_MS;
/** After this long without the code, the refusal counts as over, and the next one as a new refusal. */
const ENDED_AFTER_MS = 6 * HOUR_MS;

/** The id of a refusal: one for each code of a platform. */
export function refusalId({ platform, code }: Refusal): string {
  return `${platform}:${code}`;
}

/**
 * A refusal that was just received: what to store, and whether staff have to be told. Null when the same code was
 * recorded shortly before.
 *
 * Example: WeChat Pay answers NO_AUTH to a thousand refunds. The first is stored and told to staff. The next one
 * stored is the first after ten minutes.
 */
export function hearRefusal(
  before: PlatformRefusal | null,
  refusal: Refusal,
  now: TimeMs,
): { readonly after: PlatformRefusal; readonly isTold: boolean } | null {
  if (before !== null && now - before.lastAtMs < HEARD_EVERY_MS) return null;
  const isNew = before === null || now - before.lastAtMs > ENDED_AFTER_MS;
  const firstAtMs = isNew ? now : before.firstAtMs;
  const isTold = refusal.verdict !== 'unknown' || now - firstAtMs >= UNKNOWN_PASSES_MS;
  return { after: { id: refusalId(refusal), firstAtMs, lastAtMs: now }, isTold };
}

const PLATFORMS = { wxpay: '微信支付', xpay: '微信虚拟支付', wechat: '微信' } as const satisfies Record<
  Refusal['platform'],
  string
>;

const OURS =
  '这是账户、密钥、权限或配置的问题，处理好之前，此类操作都不会成功。处理好后，等待中的操作会自动继续，无需逐个处理。';
const UNKNOWN = '这个错误码不在已知列表中，已持续一小时以上。请查阅平台文档；等待中的操作仍会自动重试。';
const REFUSED = '同样的请求重复多少次都不会成功，请查看平台返回的说明并处理。';

/** The case about a refusal. */
export function refusalCase(refusal: Refusal) {
  const { platform, call, code, words, verdict } = refusal;
  const advice = verdict === 'ours' ? OURS : verdict === 'unknown' ? UNKNOWN : REFUSED;
  const said = `${code} ${words}`.trim();
  const story = `${PLATFORMS[platform]}拒绝了我们的请求（${call}）：${said}。${advice}`;
  return { kind: 'platform_refused', cause: refusalId(refusal), story } as const;
}
