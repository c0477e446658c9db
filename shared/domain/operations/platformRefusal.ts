/** When staff are told that a platform refuses us: at once of what is ours to mend, after an hour of what nobody knows. */
import type { Refusal } from '../../errors.ts';
import { HOUR_MS, MINUTE_MS, type TimeMs } from '../../schemas/base.ts';
import type { PlatformRefusal } from '../../schemas/operations/platformRefusal.ts';

/** How long a code that no table has is taken for one that passes. */
export const UNKNOWN_PASSES_MS = HOUR_MS;
/** Of the same code nothing is written down more often than this. */
const HEARD_EVERY_MS = 10 * MINUTE_MS;
/** What was not said for so long had ended, and begins anew. */
const ENDED_AFTER_MS = 6 * HOUR_MS;

/** Its id: one for each code of a platform. */
export function refusalId({ platform, code }: Refusal): string {
  return `${platform}:${code}`;
}

/**
 * A refusal that was heard now: what to write down, and whether staff have to be told. Null when it was heard just before.
 *
 * Example: WeChat Pay says NO_AUTH to a thousand refunds. The first one is written down and told; the next that is written
 * down is the first one after ten minutes.
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

/** What staff must be told of it. */
export function refusalCase(refusal: Refusal) {
  const { platform, call, code, words, verdict } = refusal;
  const advice = verdict === 'ours' ? OURS : verdict === 'unknown' ? UNKNOWN : REFUSED;
  const said = `${code} ${words}`.trim();
  const story = `${PLATFORMS[platform]}拒绝了我们的请求（${call}）：${said}。${advice}`;
  return { kind: 'platform_refused', cause: refusalId(refusal), story } as const;
}
