/** The kinds of messages: their words, the page that each opens, and how it may be sent. */
import { MINUTE_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import { type MessageKind, MessageSubject, type WrittenSubject } from '../../schemas/inbox/message.ts';
import type { FieldValue, Template, TemplateKind, Templates } from '../../schemas/inbox/template.ts';
import { words } from '../../words.ts';
import { dayOf, dayStartMs } from '../day.ts';
import { fitted, isTaken, typeOf } from './templateField.ts';

/** One kind. `S` is what a message of it knows. */
interface Kind<S extends MessageSubject> {
  readonly template: TemplateKind;
  /** Whether it may wait for the end of the night. */
  readonly mayWait: boolean;
  /** Whether it advertises: then only who asked for it gets it, and one a week at most. */
  readonly isMarketing: boolean;
  readonly title: string;
  /** The outcome in at most five characters. */
  readonly state: string;
  readonly text: (subject: S) => string;
  /** What it is about, in a few words. */
  readonly about: (subject: S) => string;
  readonly page: (subject: S) => string;
  readonly amount?: (subject: S) => string;
  readonly count?: (subject: S) => number;
  /** A message as they are, by which `doctor` tries the templates. */
  readonly example: Extract<WrittenSubject, { readonly kind: S['kind'] }>;
}

type Of<K extends MessageKind> = Extract<MessageSubject, { readonly kind: K }>;

const USUAL = { mayWait: true, isMarketing: false } as const;

/** The inbox itself, for what has no page of its own. */
const INBOX = 'own/inbox/inbox';

const yuan = (fen: number) => `¥${(fen / 100).toFixed(2)}`;

/** A day in words: 2026年11月30日. */
function dayInWords(atMs: TimeMs): string {
  const [year = '', month, day] = dayOf(atMs).split('-');
  return `${year}年${Number(month)}月${Number(day)}日`;
}

/** A minute in words: 2026年11月30日 09:05. */
function minuteInWords(atMs: TimeMs): string {
  const minutes = Math.floor((atMs - dayStartMs(dayOf(atMs))) / MINUTE_MS);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((each) =>
    String(each).padStart(2, '0'),
  );
  return `${dayInWords(atMs)} ${hour}:${minute}`;
}

const ID = '01JD0000000000000000000000';
const titled = { title: '从零开始学 TypeScript：类型、工具与项目实践' } as const;
const AT_MS = timeMs(1_795_000_000_000);
const named = ({ title }: { readonly title: string }) => title;

const KINDS: { readonly [K in MessageKind]: Kind<Of<K>> } = {
  order_paid: {
    ...{ ...USUAL, mayWait: false, template: 'order', title: '支付成功', state: '已支付' },
    text: ({ title, lines, paidFen }) =>
      `您已购买《${title}》${lines > 1 ? `等 ${lines} 件` : ''}，实付 ${yuan(paidFen)}`,
    about: named,
    page: ({ orderId }) => `buy/order/order?id=${orderId}`,
    amount: ({ paidFen }) => yuan(paidFen),
    count: ({ lines }) => lines,
    example: { kind: 'order_paid', ...titled, orderId: `ord_${ID}`, lines: 2, paidFen: 19_900 },
  },
  refund_succeeded: {
    ...{ ...USUAL, template: 'refund', title: '退款到账', state: '已退款' },
    text: ({ title, refundFen }) => `《${title}》的退款 ${yuan(refundFen)} 已原路退回`,
    about: named,
    page: ({ orderId }) => `buy/order/order?id=${orderId}`,
    amount: ({ refundFen }) => yuan(refundFen),
    example: { kind: 'refund_succeeded', ...titled, orderId: `ord_${ID}`, refundFen: 9_900 },
  },
  course_finished: {
    ...{ ...USUAL, template: 'learning', title: '课程学完了', state: '已学完' },
    text: ({ title }) => `您已学完《${title}》，可以领取结业证书`,
    about: named,
    page: ({ productId }) => `study/certificate/certificate?course=${productId}`,
    example: { kind: 'course_finished', ...titled, productId: `prd_${ID}` },
  },
  certificate_issued: {
    ...{ ...USUAL, template: 'learning', title: '证书已生成', state: '已生成' },
    text: ({ title }) => `《${title}》的结业证书已生成，可以保存和分享`,
    about: named,
    page: ({ productId }) => `study/certificate/certificate?course=${productId}`,
    example: { kind: 'certificate_issued', ...titled, productId: `prd_${ID}` },
  },
  coupon_given: {
    ...{ ...USUAL, template: 'coupon', title: '优惠券到账', state: '已到账' },
    text: ({ title, expiresAtMs }) => `优惠券“${title}”已放入账户，${dayInWords(expiresAtMs)}前有效`,
    about: named,
    page: () => 'buy/coupons/coupons',
    example: { kind: 'coupon_given', title: '满 99 减 20', expiresAtMs: AT_MS },
  },
  coupon_ending: {
    ...{ ...USUAL, template: 'coupon', title: '优惠券即将到期', state: '快到期' },
    text: ({ title, expiresAtMs }) => `优惠券“${title}”将于 ${minuteInWords(expiresAtMs)} 到期`,
    about: named,
    page: () => 'buy/coupons/coupons',
    example: { kind: 'coupon_ending', title: '满 99 减 20', expiresAtMs: AT_MS },
  },
  points_gained: {
    ...{ ...USUAL, template: 'points', title: '积分到账', state: '已到账' },
    text: ({ count, day }) => `${dayInWords(dayStartMs(day))}您共获得 ${count} 积分`,
    about: ({ count }) => `${count} 积分`,
    page: () => 'buy/points/points',
    count: ({ count }) => count,
    example: { kind: 'points_gained', count: 199, day: '2026-11-30' },
  },
  points_ending: {
    ...{ ...USUAL, template: 'points', title: '积分即将到期', state: '快到期' },
    text: ({ count, expiresAtMs }) => `您有 ${count} 积分将于 ${minuteInWords(expiresAtMs)} 到期`,
    about: ({ count }) => `${count} 积分`,
    page: () => 'buy/points/points',
    count: ({ count }) => count,
    example: { kind: 'points_ending', count: 199, expiresAtMs: AT_MS },
  },
  promotion_started: {
    ...{ mayWait: true, isMarketing: true, template: 'promotion', title: '活动开始了', state: '已开始' },
    text: ({ title, untilAtMs }) => `“${title}”已经开始，到 ${minuteInWords(untilAtMs)} 为止`,
    about: named,
    page: () => 'pages/home/home',
    example: { kind: 'promotion_started', title: '冬日读书周', untilAtMs: AT_MS },
  },
  comment_replied: {
    ...{ ...USUAL, template: 'reply', title: '收到新回复', state: '有回复' },
    text: ({ replier }) => `${replier} 回复了您的评论`,
    about: ({ replier }) => `${replier} 的回复`,
    page: ({ commentId }) => `talk/comments/comments?id=${commentId}`,
    example: {
      ...{
        kind: 'comment_replied',
        commentId: `cmt_${ID}`,
        threadId: `product:prd_${ID}`,
        replier: '知友ER67',
      },
    },
  },
  content_removed: {
    ...{ ...USUAL, template: 'review', title: '内容已被移除', state: '已移除' },
    text: () => '您发布的一条内容不符合社区规范，已被移除。14 天内可以申诉',
    about: () => '您发布的内容',
    page: ({ target }) => `talk/appeal/appeal?target=${target}`,
    example: { kind: 'content_removed', target: `comment:cmt_${ID}` },
  },
  feedback_answered: {
    ...{ ...USUAL, template: 'reply', title: '反馈有了答复', state: '有回复' },
    text: () => '您的反馈已有答复，14 天内可以继续补充',
    about: () => '您的反馈',
    page: () => 'own/feedback/feedback',
    example: { kind: 'feedback_answered', feedbackId: `fbk_${ID}` },
  },
  question_opened: {
    ...{ ...USUAL, template: 'reply', title: '有人向您提问', state: '待回答' },
    text: ({ title, untilAtMs }) => `“${title}”，请在 ${minuteInWords(untilAtMs)} 前回答`,
    about: named,
    page: () => INBOX,
    example: { kind: 'question_opened', title: '怎样开始学素描', questionId: `qst_${ID}`, untilAtMs: AT_MS },
  },
  question_ending: {
    ...{ ...USUAL, mayWait: false, template: 'reply', title: '回答即将超时', state: '将超时' },
    text: ({ title, untilAtMs }) => `“${title}”须在 ${minuteInWords(untilAtMs)} 前回答，超时将自动退款`,
    about: named,
    page: () => INBOX,
    example: { kind: 'question_ending', title: '怎样开始学素描', questionId: `qst_${ID}`, untilAtMs: AT_MS },
  },
  question_answered: {
    ...{ ...USUAL, template: 'reply', title: '提问有了回答', state: '已回答' },
    text: ({ title, untilAtMs }) => `“${title}”已获回答，${minuteInWords(untilAtMs)} 前可提出异议`,
    about: named,
    page: () => INBOX,
    example: {
      kind: 'question_answered',
      title: '怎样开始学素描',
      questionId: `qst_${ID}`,
      untilAtMs: AT_MS,
    },
  },
  question_closed: {
    ...{ ...USUAL, template: 'review', title: '提问已结束', state: '退款中' },
    text: ({ title, cause }) => `“${title}”已结束（${words.returnCause[cause]}），款项将退回`,
    about: named,
    page: () => INBOX,
    example: { kind: 'question_closed', title: '怎样开始学素描', questionId: `qst_${ID}`, cause: 'expired' },
  },
};

/** The kind of a message. The subject is one of that kind. */
function kindOf(subject: MessageSubject): Kind<MessageSubject> {
  return KINDS[subject.kind] as unknown as Kind<MessageSubject>;
}

/** How messages of a kind may be sent. */
export function rulesOf(
  kind: MessageKind,
): Pick<Kind<MessageSubject>, 'template' | 'mayWait' | 'isMarketing'> {
  return KINDS[kind];
}

/** The title and the text of a message, as the inbox shows them. */
export function wordsOf(subject: MessageSubject): { readonly title: string; readonly text: string } {
  const kind = kindOf(subject);
  return { title: kind.title, text: kind.text(subject) };
}

/** The page that a message opens, without a slash in front. */
export function pageOf(subject: MessageSubject): string {
  return kindOf(subject).page(subject);
}

/** One value of a message, or null where its kind has none. */
function valueIn(subject: MessageSubject, value: FieldValue, atMs: TimeMs): string | null {
  const kind = kindOf(subject);
  switch (value) {
    case 'title':
      return kind.about(subject);
    case 'text':
      return kind.text(subject);
    case 'amount':
      return kind.amount?.(subject) ?? null;
    case 'count':
      return kind.count === undefined ? null : String(kind.count(subject));
    case 'atTime':
      return minuteInWords(atMs);
    case 'onDay':
      return dayInWords(atMs);
    case 'state':
      return kind.state;
  }
}

/** What stands in each field of the template. What a kind does not know is a dash. */
export function dataOf(
  subject: MessageSubject,
  { fields }: Template,
  atMs: TimeMs,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      fitted(typeOf(field), valueIn(subject, value, atMs) ?? '-'),
    ]),
  );
}

/**
 * What WeChat would refuse of these templates, found by the example of each kind: `order.thing1: …`. A template whose
 * field no kind can fill is found too.
 */
export function templateProblems(templates: Templates): readonly string[] {
  return Object.entries(KINDS).flatMap(([name, { template: of, example }]) => {
    const template = templates[of];
    if (template === undefined) return [];
    const wrong = Object.entries(dataOf(MessageSubject.parse(example), template, AT_MS)).filter(
      ([field, value]) => !isTaken(typeOf(field), value),
    );
    return wrong.map(([field, value]) => `${of}.${field}: WeChat refuses “${value}” of ${name}`);
  });
}
