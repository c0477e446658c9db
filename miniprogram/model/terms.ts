/** The terms under which something is sold, in sentences: how long it lasts, and when money goes back. */
import type { AccessRule, MembershipPlan, PricedLine, RefundPolicy } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceDay } from './deviceTime.ts';

/** A share in basis points as people read it: `85%`, `12.5%`. */
export function percent(basisPoints: number): string {
  return `${basisPoints / 100}%`;
}

/** How long access lasts: `永久有效`. */
export function accessWords(access: AccessRule, nowMs: number): string {
  switch (access.kind) {
    case 'forever':
      return words.accessKind.forever;
    case 'days':
      return `${access.days} 天内有效`;
    case 'until':
      return `有效至 ${deviceDay(access.untilAtMs, nowMs)}`;
  }
}

/** What a membership plan gives: `年卡 · 全站会员`. */
export function planWords({ period, scope }: MembershipPlan): string {
  return `${words.membershipPeriod[period]} · ${words.membershipScope[scope.kind]}`;
}

/** How long what a line gives lasts: its access, or the length of its membership. */
export function lastsWords({ access, plan }: Pick<PricedLine, 'access' | 'plan'>, nowMs: number): string {
  return plan === null ? accessWords(access, nowMs) : planWords(plan);
}

/** When money goes back without asking staff. */
export function refundWords({ windowDays, tiers, isVoidAfterDownload }: RefundPolicy): string {
  if (windowDays === 0 || tiers.length === 0) return '退款须由客服审核';
  const shares = tiers.map(({ progressMax, share }) => {
    const until =
      progressMax === 0 ? '未开始学习' : progressMax === 10_000 ? '' : `进度 ${percent(progressMax)} 以内`;
    return `${until}${share === 10_000 ? '全额退' : `退 ${percent(share)}`}`;
  });
  const download = isVoidAfterDownload ? '，下载后须由客服审核' : '';
  return `付款后 ${windowDays} 天内：${shares.join('，')}${download}`;
}
