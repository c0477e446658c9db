/** Rules of the shop in a few words: what stands in a cell for an object that has a name of its own. */
import { shortYuan } from '../client/fen.ts';
import type {
  AccessRule,
  Applied,
  CouponRule,
  CouponScope,
  CouponValidity,
  FlashItem,
  LadderStep,
  LimitedPrice,
  MembershipLength,
  MembershipPlan,
  MembershipScope,
  ProposalView,
  RefundPolicy,
  StaffFeedbackView,
} from '../client/types.ts';
import { words } from '../client/words.ts';
import { shanghaiTime } from './engine/shanghai.ts';

const DISCOUNT_WHOLE = 10_000;

const between = (fromMs: number, untilMs: number) => `${shanghaiTime(fromMs)} 至 ${shanghaiTime(untilMs)}`;

/** `8.5 折` for 15 per cent off. */
function foldOf(offBasisPoints: number): string {
  const tenths = String(DISCOUNT_WHOLE - offBasisPoints).padStart(4, '0');
  return `${tenths.slice(0, -3) || '0'}.${tenths.slice(-3)}`.replace(/\.?0+$/, '');
}

function accessRule(rule: AccessRule): string {
  if (rule.kind === 'forever') return '永久';
  return rule.kind === 'days' ? `购买后 ${rule.days} 天` : `到 ${shanghaiTime(rule.untilAtMs)}`;
}

function couponRule(rule: CouponRule): string {
  if (rule.kind === 'fixed') return `立减 ${shortYuan(rule.offFen)}`;
  const from = rule.thresholdFen === 0 ? '' : `满 ${shortYuan(rule.thresholdFen)} `;
  if (rule.kind === 'full_reduction') return `${from}减 ${shortYuan(rule.offFen)}`;
  return `${from}${foldOf(rule.offBasisPoints)} 折，最多减 ${shortYuan(rule.capFen)}`;
}

function couponScope(scope: CouponScope): string {
  if (scope.kind === 'all') return '全部商品';
  if (scope.kind === 'products') return `${scope.productIds.length} 件商品`;
  return scope.kinds.map((kind) => words.productKind[kind]).join('、');
}

const couponValidity = (validity: CouponValidity) =>
  validity.kind === 'days' ? `领取后 ${validity.days} 天` : between(validity.fromAtMs, validity.untilAtMs);

const ladderStep = ({ thresholdFen, offFen }: LadderStep) =>
  `满 ${shortYuan(thresholdFen)} 减 ${shortYuan(offFen)}`;

const flashItem = ({ productId, priceFen, stock }: FlashItem) =>
  `${productId.slice(-6)} ${shortYuan(priceFen)}，${stock} 份`;

const limitedPrice = ({ priceFen, fromAtMs, untilAtMs }: LimitedPrice) =>
  `${shortYuan(priceFen)}，${between(fromAtMs, untilAtMs)}`;

const membershipScope = (scope: MembershipScope) =>
  scope.kind === 'platform' ? '全站会员' : `商品 ${scope.productId.slice(-6)} 的会员`;

const membershipPlan = ({ period, scope }: MembershipPlan) =>
  `${words.membershipPeriod[period]}，${membershipScope(scope)}`;

const membershipLength = (length: MembershipLength) =>
  length.kind === 'months' ? `${length.months} 个月` : `${length.days} 天`;

const percent = (share: number) => `${share / 100}%`;

function refundPolicy({ windowDays, tiers, isVoidAfterDownload }: RefundPolicy): string {
  if (windowDays === 0) return '不支持自动退款';
  const parts = tiers.map(
    ({ progressMax, share }) => `学习不超过 ${percent(progressMax)} 退 ${percent(share)}`,
  );
  return [`${windowDays} 天内`, ...parts, ...(isVoidAfterDownload ? ['下载后不退'] : [])].join('，');
}

const applied = ({ title, offFen }: Applied) => `${title} 减 ${shortYuan(offFen)}`;

const AMOUNTS: Readonly<Record<ProposalView['kind'], (value: number) => string>> = {
  points: String,
  accessFen: shortYuan,
  membershipDays: (value) => `${value} 天`,
  discountFen: shortYuan,
  priceCut: percent,
};

/** The last that was said in a feedback. */
export function lastWords({ turns }: Pick<StaffFeedbackView, 'turns'>): string {
  return turns.at(-1)?.words ?? '';
}

/** How much somebody asks to give: `积分 500`, `优惠金额 ¥50,000`. */
export function proposedValue({ kind, value }: Pick<ProposalView, 'kind' | 'value'>): string {
  return `${words.valueKind[kind]} ${AMOUNTS[kind](value)}`;
}

/** Each takes what its schema says. The engine finds it by the schema's name. */
const describers = {
  AccessRule: accessRule,
  CouponRule: couponRule,
  CouponScope: couponScope,
  CouponValidity: couponValidity,
  LadderStep: ladderStep,
  FlashItem: flashItem,
  LimitedPrice: limitedPrice,
  MembershipScope: membershipScope,
  MembershipPlan: membershipPlan,
  MembershipLength: membershipLength,
  RefundPolicy: refundPolicy,
  Applied: applied,
};

/** A value of a named schema in a few words; null for a schema without words of its own. */
export function described(schema: string, value: unknown): string | null {
  if (!Object.hasOwn(describers, schema)) return null;
  // The contract names the schema, and the server keeps to it.
  const describe = describers[schema as keyof typeof describers] as (value: unknown) => string;
  return describe(value);
}
