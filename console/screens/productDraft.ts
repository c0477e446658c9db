/** What is typed of a product, what of it is sent, and what is missing before it may be sold. Sums are whole fen. */
import { yuan } from '../../client/fen.ts';
import type {
  CourseDraft,
  ProductChange,
  ProductDraft,
  ProductKind,
  RefundPolicy,
  StaffOutline,
  StaffProductView,
} from '../../client/types.ts';
import { type Fault, formedFields, typedFields } from '../engine/form.ts';
import type { Field } from '../engine/schema.ts';
import type { Thing } from '../engine/view.ts';
import { editedFields } from './editedFields.ts';

/** The fields of the paid content of a kind; none for a kind without. */
const CONTENT: Partial<Readonly<Record<ProductKind, readonly string[]>>> = {
  content: ['preview', 'body', 'mediaKey'],
  media: ['preview', 'mediaKey', 'durationSeconds'],
};

/** The fields that a new course has. Its other terms are set once it is there. */
const OF_NEW_COURSE = [
  ...['title', 'subtitle', 'summary', 'category', 'tags', 'teacher', 'coverUrl', 'listFen', 'access'],
];

/** The fields of a product of a kind, with those of its content beside them. */
export function fieldsOfKind(kind: ProductKind, isNew: boolean): readonly Field[] {
  const type = `ProductDraft.${kind === 'course' ? 'content' : kind}`;
  const own = editedFields(type, ['id', 'kind', 'content']);
  if (kind === 'course') {
    const trial = editedFields('ProductChange', []).filter(({ name }) => name === 'trialDays');
    return isNew ? own.filter(({ name }) => OF_NEW_COURSE.includes(name)) : [...own, ...trial];
  }
  return CONTENT[kind] === undefined ? own : [...own, ...editedFields(`${type}.content`, [])];
}

const USUAL: RefundPolicy = {
  windowDays: 7,
  tiers: [{ progressMax: 3000, share: 10_000 }],
  isVoidAfterDownload: true,
};
const STAFF_DECIDE: RefundPolicy = { windowDays: 0, tiers: [], isVoidAfterDownload: true };

/** What an empty form shows. */
export function firstOf(kind: ProductKind): Thing {
  return {
    access: { kind: 'forever' },
    plan: { period: 'month', scope: { kind: 'platform' } },
    refundPolicy: kind === 'membership' ? STAFF_DECIDE : USUAL,
    durationSeconds: kind === 'media' ? 0 : undefined,
  };
}

/** What a form shows of a product that is there. A price that waits for a platform is the price that was set. */
export function shownOf(product: StaffProductView): Thing {
  const { content, nextListFen, listFen, ...rest } = product;
  return { ...rest, ...content, listFen: nextListFen ?? listFen };
}

function split(kind: ProductKind, value: Thing): { readonly own: Thing; readonly content: Thing | null } {
  const names = CONTENT[kind];
  if (names === undefined) return { own: value, content: null };
  const isOfContent = ([name]: readonly [string, unknown]) => names.includes(name);
  const entries = Object.entries(value);
  return {
    own: Object.fromEntries(entries.filter((entry) => !isOfContent(entry))),
    content: Object.fromEntries(entries.filter(isOfContent)),
  };
}

/** A new product of any kind but a course, as it is sent. */
export function draftOf(kind: Exclude<ProductKind, 'course'>, id: string, value: Thing): ProductDraft {
  const { own, content } = split(kind, value);
  // The form has put it together from the fields of this kind.
  return { kind, id, ...own, ...(content !== null && { content }) } as unknown as ProductDraft;
}

/** A new course, as it is sent: without lessons yet. */
export function courseOf(id: string, value: Thing): CourseDraft {
  return { id, ...value, chapters: [] } as unknown as CourseDraft;
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

const changed = (before: Thing, after: Thing): Thing =>
  Object.fromEntries(Object.entries(after).filter(([name, value]) => !isSame(value, before[name])));

/**
 * What a form that nobody has touched makes of a product. A field shows less than there is: of a moment, for example,
 * the minute.
 */
function untouched(product: StaffProductView): Thing {
  const fields = fieldsOfKind(product.kind, false);
  const formed = formedFields(fields, typedFields(fields, shownOf(product)));
  return 'value' in formed ? Object(formed.value) : shownOf(product);
}

/** What of a product was changed; null for nothing. The plan of a membership stays as it is. */
export function changeOf(product: StaffProductView, value: Thing): ProductChange | null {
  const { own, content } = split(product.kind, value);
  const before = untouched(product);
  const { plan: _, ...rest } = changed(before, own);
  const inside = content === null ? {} : changed(before, content);
  const change = { ...rest, ...(Object.keys(inside).length > 0 && { content: inside }) };
  return Object.keys(change).length === 0 ? null : change;
}

interface Terms {
  readonly listFen: number;
  readonly memberFen?: number | null;
  readonly limited?: StaffProductView['limited'];
  readonly saleFromAtMs?: number | null;
  readonly saleUntilAtMs?: number | null;
  readonly isFreeForMembers?: boolean;
}

const termsIn = (value: Thing) => value as unknown as Terms;

/** The highest price of a product. An order with the most lines at this price is still a valid sum. */
export const PRICE_MAX_FEN = 50_000_000;

/** What is wrong with the terms of a product. Before it is on sale they only warn; the server refuses them then. */
export function termsFaults(kind: ProductKind, value: Thing): readonly Fault[] {
  const { listFen, memberFen = null, limited = null, isFreeForMembers = false } = termsIn(value);
  const { saleFromAtMs = null, saleUntilAtMs = null } = termsIn(value);
  const faults: Fault[] = [];
  const blame = (isWrong: boolean, at: string, says: string) => {
    if (isWrong) faults.push({ at, says });
  };
  blame(listFen > PRICE_MAX_FEN, 'listFen', `最高 ${yuan(PRICE_MAX_FEN)}。`);
  blame(memberFen !== null && memberFen >= listFen, 'memberFen', '要低于原价。');
  blame(limited !== null && limited.priceFen >= listFen, 'limited.priceFen', '要低于原价。');
  blame(limited !== null && limited.fromAtMs >= limited.untilAtMs, 'limited.untilAtMs', '要晚于开始时间。');
  const isBackward = saleFromAtMs !== null && saleUntilAtMs !== null && saleFromAtMs >= saleUntilAtMs;
  blame(isBackward, 'saleUntilAtMs', '要晚于开售时间。');
  if (kind !== 'membership') return faults;
  blame(listFen === 0, 'listFen', '会员方案不能免费。');
  blame(memberFen === 0, 'memberFen', '会员方案不能免费。');
  blame(limited?.priceFen === 0, 'limited.priceFen', '会员方案不能免费。');
  blame(isFreeForMembers, 'isFreeForMembers', '会员方案不能对会员免费。');
  return faults;
}

function partsMissing(product: StaffProductView, states: readonly (string | null)[]): readonly string[] {
  if (product.kind !== 'bundle' && product.kind !== 'column') {
    return states.every((state) => state === 'published') ? [] : ['会员所对应的商品还没有上架'];
  }
  const counted = states.filter((state) => state !== 'withdrawn');
  if (counted.length === 0) return ['还没有包含商品'];
  const waiting = counted.filter((state) => state !== 'published').length;
  return waiting === 0 ? [] : [`有 ${waiting} 件所含商品还没有上架`];
}

function contentMissing({ kind, content }: StaffProductView): readonly string[] {
  const hasFile = content !== null && content.mediaKey !== null;
  if (kind === 'content') return hasFile || content?.body ? [] : ['还没有正文或文件'];
  if (kind !== 'media') return [];
  return [
    ...(hasFile ? [] : ['还没有上传文件']),
    ...(content?.durationSeconds === 0 ? ['还没有填写时长'] : []),
  ];
}

/** What the published outline of a course lacks; the lengths of its files are known to the server alone. */
export function outlineMissing(
  { chapters }: Pick<StaffOutline, 'chapters'>,
  listFen: number,
): readonly string[] {
  const shown = chapters.flatMap(({ lessons }) => lessons.filter(({ isHidden }) => !isHidden));
  if (shown.length === 0) return ['还没有课时'];
  const isAllTrial = listFen > 0 && shown.every(({ isTrial }) => isTrial);
  return isAllTrial ? ['收费课程至少要有一节不能试看的课'] : [];
}

/**
 * What is missing before a product may be sold, in sentences without their full stop. `states` are those of what it
 * needs: of its parts, or of the product that a membership covers; null for one that is gone.
 */
export function missingOf(
  product: StaffProductView,
  states: readonly (string | null)[],
  outline: Pick<StaffOutline, 'chapters'> | null,
): readonly string[] {
  const own =
    outline === null
      ? [...partsMissing(product, states), ...contentMissing(product)]
      : outlineMissing(outline, product.nextListFen ?? product.listFen);
  const terms = termsFaults(product.kind, shownOf(product));
  return [...own, ...terms.map(({ at, says }) => `${TERMS[at] ?? '条款'}：${says.slice(0, -1)}`)];
}

const TERMS: Readonly<Record<string, string>> = {
  listFen: '原价',
  memberFen: '会员价',
  'limited.priceFen': '限时价',
  'limited.untilAtMs': '限时价的时间',
  saleUntilAtMs: '停售时间',
  isFreeForMembers: '会员免费',
};

/** What a product needs to be on sale first. */
export function neededBy({ kind, parts, plan }: StaffProductView): readonly string[] {
  if (kind === 'membership') return plan?.scope.kind === 'product' ? [plan.scope.productId] : [];
  return parts;
}

const IOS_MIN_FEN = 100;
/** The least share of a price that virtual payment takes, unless the shop is set up otherwise. */
const SHARE_MIN = 4000;
const WHOLE = 10_000;

/** What the rails allow at a price, as the shop is usually set up. A real quote tells for what is on sale. */
export function railNotes(listFen: number): readonly string[] {
  if (listFen === 0) return ['免费商品不经过支付，各端都可领取。'];
  const least = Math.ceil((listFen * SHARE_MIN) / WHOLE);
  return [
    '网页：微信支付，最低 ¥0.01。',
    `安卓、鸿蒙、Windows 小程序：虚拟支付，活动和券后最低 ${yuan(least)}（售价的 40%）。`,
    listFen < IOS_MIN_FEN
      ? `iOS 小程序：低于 ${yuan(IOS_MIN_FEN)}，不能购买。`
      : `iOS 小程序：按售价 ${yuan(listFen)} 购买，优惠券和积分不能用。`,
  ];
}

/** What is to know of a new price while it is on sale; null where it counts at once. */
export function waitNote({ nextListFen }: Pick<StaffProductView, 'nextListFen'>): string | null {
  return nextListFen === null
    ? null
    : `新原价 ${yuan(nextListFen)} 已提交平台审核，通过后生效。此前按现价销售。`;
}
