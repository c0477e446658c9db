/**
 * A whole store as raw documents. It shares no rule and no schema with the product, so a mistake there is not repeated
 * here.
 */
import * as z from 'zod';

/** A stored document, as it is in the file. */
export interface RawDocument {
  readonly collection: string;
  readonly doc: unknown;
}

/** A rule that does not hold, and the document that it is about. */
export interface AuditFinding {
  readonly rule: string;
  readonly about: string;
  readonly says: string;
}

/** Records what breaks a rule, about a document, unless it is right. */
export type Says = (rule: string, about: string, isRight: boolean, says: string) => void;

const whole = z.int();
const id = z.string();

const Line = z.object({
  productId: id,
  kind: z.string(),
  listFen: whole,
  paidFen: whole,
  flashSaleId: id.nullable().default(null),
  plan: z.unknown().transform((plan) => plan ?? null),
  gifts: whole.default(0),
  questionId: id.nullable().default(null),
  shares: z.record(z.string(), whole),
});

const AuditedReview = z.object({
  state: id,
  version: whole,
  publicVersion: whole.nullable(),
  appealedVersion: whole.nullable(),
  keptVersion: whole.nullable(),
  sampledVersion: whole.nullable(),
  waitsFor: z.array(id),
  isHidden: z.boolean(),
  flagWeight: whole,
  flaggers: whole,
  cause: id,
  by: id,
  sinceAtMs: whole,
  publicAtMs: whole.nullable(),
});

const Written = z.object({
  title: z.string().nullable(),
  body: z.string(),
  images: z.array(id),
  audio: id.nullable(),
});
/** What somebody wrote and others may see. */
const Reviewed = z.object({ id, userId: id, newest: Written, shown: Written.nullable() });

/** The review of a certificate from before names were checked: its name counts as refused. */
const NEVER_CHECKED = {
  ...{ state: 'rejected', version: 1, publicVersion: null, appealedVersion: null, keptVersion: null },
  ...{ sampledVersion: null, waitsFor: [], isHidden: false, flagWeight: 0, flaggers: 0 },
  ...{ cause: 'unchecked', by: 'rule', sinceAtMs: 0, publicAtMs: null },
};

const shapes = {
  orders: z.object({
    id,
    userId: id,
    state: id,
    listFen: whole,
    discountFen: whole,
    payableFen: whole,
    refundingFen: whole.default(0),
    refundedFen: whole.default(0),
    isHonoured: z.boolean().default(false),
    couponId: id.nullable(),
    revoked: z.array(id).default([]),
    expiresAtMs: whole,
    paidAtMs: whole.nullable(),
    touch: z.object({ token: id }).nullable().default(null),
    lines: z.array(Line),
  }),
  payments: z.object({ id, state: id, rail: id, amountFen: whole, transactionId: id.nullable() }),
  receipts: z.object({
    id,
    orderId: id,
    rail: id,
    transactionId: id,
    amountFen: whole,
    kind: id,
    receivedAtMs: whole,
  }),
  refunds: z.object({
    id,
    orderId: id,
    rail: id,
    transactionId: id.nullable(),
    refundFen: whole,
    reason: id,
    state: id,
    finishedAtMs: whole.nullable().default(null),
    lines: z.array(z.object({ productId: id, refundFen: whole, takesAccess: z.boolean() })).default([]),
  }),
  audit: z.object({ id }),
  cases: z.object({
    id,
    kind: id,
    state: id,
    orderId: id.nullable(),
    refundId: id.nullable(),
    closedAtMs: whole.nullable(),
  }),
  questions: Reviewed.extend({
    review: AuditedReview,
    state: id,
    orderId: id.nullable(),
    paidFen: whole,
    backFen: whole,
    shareBp: whole,
    paidAtMs: whole.nullable(),
    nextAtMs: whole.nullable(),
    settledAtMs: whole.nullable(),
  }),
  answers: Reviewed.extend({ review: AuditedReview }),
  gifts: z.object({
    id,
    orderId: id,
    productId: id,
    count: whole,
    claims: z.array(z.object({ userId: id })),
    state: id,
  }),
  flashSales: z.object({
    id,
    perUserMax: whole,
    items: z.array(z.object({ productId: id, stock: whole })),
  }),
  flashStocks: z.object({ id, remaining: whole, taken: whole }),
  flashSeats: z.object({ id, saleId: id, productId: id, seats: z.array(z.object({ orderId: id })) }),
  redeemCodes: z.object({ id, batchId: id, number: whole, userId: id.nullable() }),
  trials: z.object({ id, userId: id, productId: id, startedAtMs: whole, endsAtMs: whole }),
  redemptions: z.object({ id, userId: id, productId: id.nullable() }),
  reconciliations: z.object({ id, feesFen: whole, couponsFen: whole.default(0), finishedAtMs: whole }),
  reconDifferences: z.object({ id, reconciliationId: id, of: id }),
  journal: z.object({
    id,
    cause: id,
    orderId: id.nullable(),
    atMs: whole,
    lines: z.array(z.tuple([z.string(), z.number()])),
  }),
  coupons: z.object({ id, userId: id, templateId: id, state: id, orderId: id.nullable() }),
  couponGrants: z.object({ id, userId: id, templateId: id, couponId: id, isOverLimit: z.boolean() }),
  couponTemplates: z.object({ id, stock: whole, perUserMax: whole, state: id }),
  couponStocks: z.object({
    ...{ id, templateId: id, remaining: whole, issued: whole },
    held: z.record(z.string(), whole).default({}),
  }),
  drops: z.object({ id, templateId: id, count: whole, state: id, claimedCount: whole.nullable() }),
  dropClaims: z.object({ id, dropId: id, userId: id, couponId: id }),
  entitlements: z.object({
    id,
    userId: id,
    productId: id,
    sources: z.array(
      z
        .looseObject({ state: id, cause: id.default('order') })
        .transform(({ state, sourceId, orderId, cause, fromAtMs, untilAtMs }) => ({
          ...{ state, cause, fromAtMs, untilAtMs },
          sourceId: String(sourceId ?? orderId),
        })),
    ),
  }),
  memberships: z.object({
    id,
    grants: z.array(z.object({ sourceId: id, cause: id, productId: id.nullable(), state: id })),
  }),
  pointsAccounts: z.object({
    id,
    available: whole,
    held: whole,
    debt: whole,
    pending: whole.optional(),
    lots: z.array(z.object({ remaining: whole })),
  }),
  pointsEntries: z.object({ id, userId: id, line: whole, postings: z.array(z.tuple([z.string(), whole])) }),
  pointsHolds: z.object({ id, userId: id, state: id, count: whole, returned: whole.default(0) }),
  progresses: z.object({
    id,
    userId: id,
    lessonId: id,
    productId: id,
    seen: id,
    cells: whole,
    notes: whole,
    playedAtMs: whole.nullable(),
    finishedAtMs: whole.nullable(),
  }),
  courseProgresses: z.object({
    id,
    userId: id,
    productId: id,
    finished: z.array(id),
    finishedAtMs: whole.nullable(),
    finishedOf: whole,
    undoneAtMs: whole.nullable(),
  }),
  users: z.object({ id, nickname: z.string(), avatarKey: z.string().nullable().default(null) }),
  profiles: Reviewed.extend({ review: AuditedReview }),
  certificates: Reviewed.extend({
    ...{ number: id, state: id, revoked: z.object({ by: id }).nullable() },
    newest: Written.default({ title: null, body: '', images: [], audio: null }),
    shown: Written.nullable().default(null),
    review: AuditedReview.default(NEVER_CHECKED),
  }),
  certificateNumbers: z.object({ id, certificateId: id }),
  messages: z.object({
    id,
    userId: id,
    state: id,
    nextAtMs: whole,
    createdAtMs: whole,
    subject: z.looseObject({ kind: id }),
  }),
  inboxes: z.object({
    id,
    outside: z.array(z.object({ messageId: id, isMarketing: z.boolean(), atMs: whole })),
  }),
  subscriptions: z.object({ id, left: whole, isBlocked: z.boolean(), heardAtS: z.array(whole) }),
  notes: z.object({ id, userId: id, lessonId: id }),
  uploads: z.object({ id, userId: id, usedBy: id.nullable(), endsAtMs: whole.nullable() }),
  feedbacks: z.object({
    ...{ id, userId: id, kind: id, state: id, images: z.array(id) },
    turns: z.array(z.object({ from: id, atMs: whole })),
  }),
  groups: z.object({ id, kind: id, productId: id.nullable(), state: id, publishedAtMs: whole.nullable() }),
  groupNotes: z.object({ id, groupId: id, userId: id, hasJoined: z.boolean() }),
  topics: Reviewed.extend({
    groupId: id,
    kind: id,
    acceptedCommentId: id.nullable(),
    likes: whole,
    replies: whole,
    publicAtMs: whole,
    lastAtMs: whole,
    isShown: z.boolean(),
    review: AuditedReview,
  }),
  quizAttempts: z.object({ id, userId: id, lessonId: id, number: whole }),
  comments: Reviewed.extend({
    threadId: id,
    parentId: id.nullable(),
    stars: whole.nullable(),
    likes: whole,
    replies: whole,
    isShown: z.boolean(),
    counted: z.object({ isShown: z.boolean(), stars: whole.nullable() }),
    review: AuditedReview,
  }),
  threadCounts: z.object({ id, comments: whole, stars: z.array(whole) }),
  ratings: z.object({ id, commentId: id }),
  marks: z.object({ id, target: id, isOn: z.boolean(), isCounted: z.boolean(), countedAs: z.boolean() }),
  flags: z.object({ id, target: id, version: whole, userId: id, weight: whole }),
  mediaChecks: z.object({ id, fetched: z.array(id) }),
  articles: z.object({
    ...{ id, state: id, publishedAtMs: whole.nullable() },
    blocks: z.array(z.looseObject({ kind: id })),
  }),
  shares: z.object({
    ...{ id, userId: id, token: id, parentToken: id.nullable(), depth: whole },
    ...{ visits: whole, people: whole, registrations: whole, orders: whole, netFen: whole },
  }),
  shareTokens: z.object({ id, userId: id, target: id }),
  visits: z.object({
    ...{ id, token: id, days: whole, daysCounted: whole },
    ...{ isRegistration: z.boolean(), isCounted: z.boolean() },
  }),
  sales: z.object({ id, token: id, netFen: whole, netCountedFen: whole, isCounted: z.boolean() }),
  writers: z.object({ id, undecided: whole, published: whole }),
  tasks: z.object({ id, state: id, createdAtMs: whole, dueFirstAtMs: whole.optional() }),
} as const;

/** When a document was written, under each name that this time has. */
const Stamped = z.looseObject({
  updatedAtMs: whole.optional(),
  finishedAtMs: whole.nullish(),
  atMs: whole.optional(),
});

type Shapes = typeof shapes;
type Name = keyof Shapes;
/** A document of a collection, with the fields that the rules read. */
export type Document<N extends Name> = z.output<Shapes[N]>;

const isName = (name: string): name is Name => Object.hasOwn(shapes, name);

/** Everything in a store by collection, and the last moment at which something was written. */
export class AuditedStore {
  readonly counts: Record<string, number> = {};
  /** Documents that lack the shape that the rules need. */
  readonly malformed: AuditFinding[] = [];
  nowMs = 0;
  readonly #docs = new Map<Name, unknown[]>();

  /** Adds one document. */
  add({ collection, doc }: RawDocument): void {
    this.counts[collection] = (this.counts[collection] ?? 0) + 1;
    const { updatedAtMs = 0, finishedAtMs, atMs = 0 } = Stamped.safeParse(doc).data ?? {};
    this.nowMs = Math.max(this.nowMs, updatedAtMs, finishedAtMs ?? 0, atMs);
    if (!isName(collection)) return;
    const read = shapes[collection].safeParse(doc);
    if (!read.success) {
      const about = z.looseObject({ id }).safeParse(doc).data?.id ?? '?';
      this.malformed.push({
        rule: 'shape',
        about: `${collection}/${about}`,
        says: z.prettifyError(read.error),
      });
      return;
    }
    const docs = this.#docs.get(collection) ?? [];
    docs.push(read.data);
    this.#docs.set(collection, docs);
  }

  /** Every document of a collection. */
  all<N extends Name>(name: N): readonly Document<N>[] {
    return (this.#docs.get(name) ?? []) as Document<N>[];
  }
}
