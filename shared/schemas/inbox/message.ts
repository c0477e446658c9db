/** Messages of the shop to its users: all stand in the inbox, and some are also sent by WeChat. */
import * as z from 'zod';
import {
  CommentId,
  Cursor,
  FeedbackId,
  Fen,
  OrderId,
  ProductId,
  QuestionId,
  TimeMs,
  UserId,
} from '../base.ts';
import { Day } from '../books/journal.ts';
import { ReturnCause } from '../questions/question.ts';
import { TemplateKind } from './template.ts';

const Title = z.string().max(120);
const About = { title: Title };

/** What a message is about, with what its words need. */
export const MessageSubject = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('order_paid'),
    ...About,
    orderId: OrderId,
    lines: z.int().min(1),
    paidFen: Fen,
  }),
  z.object({ kind: z.literal('refund_succeeded'), ...About, orderId: OrderId, refundFen: Fen }),
  z.object({ kind: z.literal('course_finished'), ...About, productId: ProductId }),
  z.object({ kind: z.literal('certificate_issued'), ...About, productId: ProductId }),
  z.object({ kind: z.literal('coupon_given'), ...About, expiresAtMs: TimeMs }),
  z.object({ kind: z.literal('coupon_ending'), ...About, expiresAtMs: TimeMs }),
  z.object({ kind: z.literal('points_gained'), count: z.int().min(1), day: Day }),
  z.object({ kind: z.literal('points_ending'), count: z.int().min(1), expiresAtMs: TimeMs }),
  z.object({ kind: z.literal('promotion_started'), ...About, untilAtMs: TimeMs }),
  z.object({
    kind: z.literal('comment_replied'),
    commentId: CommentId,
    threadId: z.string().max(80),
    replier: z.string().max(60),
  }),
  z.object({ kind: z.literal('content_removed'), target: z.string().max(110) }),
  z.object({ kind: z.literal('feedback_answered'), feedbackId: FeedbackId }),
  z.object({ kind: z.literal('question_opened'), ...About, questionId: QuestionId, untilAtMs: TimeMs }),
  z.object({ kind: z.literal('question_ending'), ...About, questionId: QuestionId, untilAtMs: TimeMs }),
  z.object({ kind: z.literal('question_answered'), ...About, questionId: QuestionId, untilAtMs: TimeMs }),
  z.object({ kind: z.literal('question_closed'), ...About, questionId: QuestionId, cause: ReturnCause }),
]);
export type MessageSubject = z.infer<typeof MessageSubject>;

/** The same as it is written down before its ids are checked. */
export type WrittenSubject = z.input<typeof MessageSubject>;

/** The kinds of messages. */
export const MessageKind = z.enum([
  'order_paid',
  'refund_succeeded',
  'course_finished',
  'certificate_issued',
  'coupon_given',
  'coupon_ending',
  'points_gained',
  'points_ending',
  'promotion_started',
  'comment_replied',
  'content_removed',
  'feedback_answered',
  'question_opened',
  'question_ending',
  'question_answered',
  'question_closed',
] as const satisfies readonly MessageSubject['kind'][]);
export type MessageKind = MessageSubject['kind'];

/**
 * Where a message is on its way outside.
 *
 * - `inside`: it stays in the inbox.
 * - `waiting`: for the end of the night, or for WeChat.
 * - `due`: a task sends it now.
 * - `sending`: WeChat was called, and what came of it is not known yet.
 * - `sent`, `unknown`: WeChat took it; nobody knows whether it did, and it is never sent again.
 * - `refused`: the user does not want it, as WeChat says.
 * - `failed`: WeChat did not take it, for another reason.
 * - `skipped`: a rule of ours kept it in.
 */
export const MessageState = z.enum([
  'inside',
  'waiting',
  'due',
  'sending',
  'sent',
  'unknown',
  'refused',
  'failed',
  'skipped',
]);
export type MessageState = z.infer<typeof MessageState>;

/** The states that nothing leaves by itself. */
export const ENDED_STATES = ['inside', 'sent', 'unknown', 'refused', 'failed', 'skipped'] as const;

/** Why a message was not sent, by a rule of ours. */
export const SkippedBecause = z.enum([
  'no_quota',
  'blocked',
  'no_consent',
  'no_openid',
  'merged',
  'day_full',
  'week_full',
  'template_off',
]);
export type SkippedBecause = z.infer<typeof SkippedBecause>;

/** WeChat's page that a message opens: `buy/order/order?id=…`, without a slash in front. */
export const MessagePage = z
  .string()
  .regex(/^[a-z]+\/[a-zA-Z]+\/[a-zA-Z]+(\?[\x21-\x7e]*)?$/)
  .max(200);

/** A stored message, under `<user>:<cause>`. So a cause is told to somebody once. */
export const Message = z.object({
  id: z.string().max(180),
  userId: UserId,
  subject: MessageSubject,
  page: MessagePage,
  state: MessageState,
  /** When it is sent at the earliest; while it is `sending`, until when its outcome is awaited; then, when it ended. */
  nextAtMs: TimeMs,
  /** WeChat's code, or a rule of ours (`SkippedBecause`); while it is `sending`, the mark of the run that sends it. */
  code: z.string().max(48).nullable(),
  /** How often it became due. Each time is a fact of its own. */
  turns: z.int().min(0),
  /** How often WeChat could not take it for the moment. */
  tries: z.int().min(0),
  /** WeChat's number of the message; null when it said none. */
  number: z.string().max(32).nullable(),
  createdAtMs: TimeMs,
});
export type Message = z.infer<typeof Message>;

/** The most messages that are kept of those sent within a week. */
export const OUTSIDE_MAX = 30;

/** What is known of a user's inbox, under the user's id. */
export const Inbox = z.object({
  id: UserId,
  /** Everything up to this instant is read. */
  readAtMs: TimeMs,
  /** Whether they may be told of promotions, as far as they last said. Consent itself is asked again each time. */
  isOptedIn: z.boolean(),
  /** What was sent to them within a week, or may have been, the oldest first. */
  outside: z
    .array(
      z.object({
        messageId: z.string().max(180),
        kind: z.string().max(40),
        isMarketing: z.boolean(),
        atMs: TimeMs,
      }),
    )
    .max(OUTSIDE_MAX),
  updatedAtMs: TimeMs,
});
export type Inbox = z.infer<typeof Inbox>;

/** The most acceptances that are remembered, so that a repeated push counts once. */
export const HEARD_MAX = 50;

/** How many messages of a template a user still allows, under `<user>:<template kind>`. */
export const Subscription = z.object({
  id: z.string().max(80),
  userId: UserId,
  template: TemplateKind,
  left: z.int().min(0),
  /** Whether they have switched the template off in WeChat's settings. */
  isBlocked: z.boolean(),
  /** When they switched it off last, in seconds of WeChat's clock; 0 for never. */
  blockedAtS: z.int().min(0),
  /** When they accepted, in seconds of WeChat's clock, the earliest first. */
  heardAtS: z.array(z.int().min(0)).max(HEARD_MAX),
  updatedAtMs: TimeMs,
});
export type Subscription = z.infer<typeof Subscription>;

/** A message as its user sees it. */
export const MessageView = z.object({
  id: z.string(),
  kind: MessageKind,
  title: z.string(),
  text: z.string(),
  /** The page that it is about, without a slash in front. */
  page: MessagePage,
  isRead: z.boolean(),
  createdAtMs: TimeMs,
});
export type MessageView = z.infer<typeof MessageView>;

/** The most unread messages that are counted. */
export const UNREAD_MAX = 100;

/** One page of an inbox. */
export const InboxPage = z.object({ items: z.array(MessageView), nextCursor: Cursor.nullable() });

/** How the messages of a day fare. */
export const MessageHealth = z.object({
  sinceAtMs: TimeMs,
  rows: z.array(
    z.object({ kind: MessageKind, state: MessageState, code: z.string().nullable(), count: z.int() }),
  ),
  /** Whether there are more in a state than are counted. */
  isCut: z.boolean(),
});
export type MessageHealth = z.infer<typeof MessageHealth>;

/** The places of the mini-program where somebody is asked for messages. */
export const AskingPlace = z.enum(['paid', 'finished', 'coupon', 'writing', 'settings']);
export type AskingPlace = z.infer<typeof AskingPlace>;

/** The most templates that `wx.requestSubscribeMessage` takes at a time. */
export const ASKED_MAX = 3;

/** What can be asked for in one tap. */
export const Subscribable = z.object({
  templates: z.array(z.object({ kind: TemplateKind, templateId: z.string() })).max(ASKED_MAX),
  /** Whether the phone has to report what was said (`reportSubscriptions`), because WeChat does not tell us. */
  needsReport: z.boolean(),
});
export type Subscribable = z.infer<typeof Subscribable>;
