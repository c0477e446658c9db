/** Creating and changing products: everything that staff decide about one. */
import { fail } from '../../errors.ts';
import { type ProductId, type TimeMs, timeMs } from '../../schemas/base.ts';
import type {
  Content,
  Product,
  ProductChange,
  ProductDraft,
  RefundPolicy,
  StaffProductView,
} from '../../schemas/catalogue/product.ts';
import { LEFT_MAX, PARTS_MAX } from '../../schemas/catalogue/product.ts';
import { lessonsOf } from '../access/usage.ts';
import { PLAIN_TERMS, PRICE_MAX_FEN, PRICE_MIN_FEN, termsProblem } from './product.ts';
import { isOnShelf } from './shelf.ts';

/** A product and its content; `content` is null for kinds without content of their own. */
export interface ProductDocuments {
  readonly product: Product;
  readonly content: Content | null;
}

/** Nothing goes back automatically. For memberships the share that was used cannot be measured. */
const STAFF_DECIDE: RefundPolicy = { windowDays: 0, tiers: [], isVoidAfterDownload: true };

/** The requested value, or the existing one when none was requested. */
const or = <T>(asked: T | undefined, before: T): T => (asked === undefined ? before : asked);

function termsOf(change: ProductChange | ProductDraft, before: Product) {
  return {
    limited: or(change.limited, before.limited),
    memberFen: or(change.memberFen, before.memberFen),
    isFreeForMembers: or(change.isFreeForMembers, before.isFreeForMembers),
    pointsPrice: or(change.pointsPrice, before.pointsPrice),
    refundPolicy: or(change.refundPolicy, before.refundPolicy),
    saleFromAtMs: or(change.saleFromAtMs, before.saleFromAtMs),
    saleUntilAtMs: or(change.saleUntilAtMs, before.saleUntilAtMs),
  };
}

/** The documents of a new, unpublished product. Its parts are added by `withParts`. */
export function draftProduct(draft: ProductDraft, draftDigest: string, now: TimeMs): ProductDocuments {
  const { id, kind, title, subtitle, summary, category, tags, teacher, coverUrl, listFen } = draft;
  const bare: Product = {
    ...PLAIN_TERMS,
    ...{ id, kind, title, subtitle, summary, category, tags, teacher, coverUrl, listFen },
    version: 1,
    state: 'draft',
    refundPolicy: kind === 'membership' ? STAFF_DECIDE : PLAIN_TERMS.refundPolicy,
    access: kind === 'membership' ? { kind: 'forever' } : draft.access,
    plan: kind === 'membership' ? draft.plan : null,
    parts: [],
    partOf: [],
    lessonCount: 0,
    trialCount: 0,
    draftDigest,
    publishedAtMs: null,
    createdAtMs: now,
    updatedAtMs: now,
  };
  const content =
    kind === 'content' || kind === 'media' ? { id, body: '', durationSeconds: 0, ...draft.content } : null;
  return { product: { ...bare, ...termsOf(draft, bare) }, content };
}

/**
 * The stored product, as the answer to a repeated creation. It may have changed since.
 * @throws product.id_taken when the id was used for different content
 */
export function madeBefore(product: Product, draftDigest: string): Product {
  if (product.draftDigest !== draftDigest) throw fail('product.id_taken');
  return product;
}

const refuse = (reason: string, params: Readonly<Record<string, unknown>> = {}) =>
  fail('product.change_refused', { params: { reason, ...params } });

/** The products that a change adds to and removes from a bundle or column. */
export function partsChanged(
  before: Product,
  parts: readonly ProductId[],
): { readonly added: ProductId[]; readonly removed: ProductId[] } {
  const added = parts.filter((id) => !before.parts.includes(id));
  const removed = before.parts.filter((id) => !parts.includes(id));
  if (parts.length > 0 && before.kind !== 'bundle' && before.kind !== 'column') throw refuse('no_parts');
  return { added, removed };
}

/** The largest number of parts that one change may add and remove. They are written in one transaction. */
const PARTS_CHANGED_MAX = 50;

/**
 * The bundle with these parts, and the added and removed parts with their links updated. `changed` are the documents
 * of those parts. A part that leaves a published bundle stays open to users who got an earlier version of the
 * bundle. A part that comes back is in the bundle for everybody.
 * @throws product.change_refused with the `reason`: `no_parts`, `part_unknown`, `part_kind`, `part_not_published`,
 * `part_full`, `too_many_at_once`, `too_many_left`, `last_part`
 */
export function withParts(
  bundle: Product,
  parts: readonly ProductId[],
  changed: readonly Product[],
  now: TimeMs,
): { readonly bundle: Product; readonly parts: Product[] } {
  const { added, removed } = partsChanged(bundle, parts);
  if (added.length + removed.length > PARTS_CHANGED_MAX) throw refuse('too_many_at_once');
  if (bundle.state === 'published' && parts.length === 0 && removed.length > 0) throw refuse('last_part');
  return moveParts(bundle, { parts, added, removed }, changed, now);
}

function moveParts(
  bundle: Product,
  moved: {
    readonly parts: readonly ProductId[];
    readonly added: readonly ProductId[];
    readonly removed: readonly ProductId[];
  },
  changed: readonly Product[],
  now: TimeMs,
): { readonly bundle: Product; readonly parts: Product[] } {
  const { parts, added, removed } = moved;
  let { lessonCount, trialCount } = bundle;
  const after = [...added, ...removed].map((productId): Product => {
    const part = changed.find(({ id }) => id === productId);
    if (part === undefined) throw refuse('part_unknown', { productId });
    const isAdded = added.includes(productId);
    if (isAdded) refuseUnfit(bundle, part);
    lessonCount += isAdded ? lessonsOf(part) : -lessonsOf(part);
    trialCount += isAdded ? part.trialCount : -part.trialCount;
    return isAdded ? partIn(part, bundle, now) : partOut(part, bundle, now);
  });
  const kept = bundle.formerParts.filter(({ productId }) => !added.includes(productId));
  const left = bundle.publishedAtMs === null ? [] : removed;
  const formerParts = [...kept, ...left.map((productId) => ({ productId, version: bundle.version }))];
  if (formerParts.length > LEFT_MAX) throw refuse('too_many_left');
  return { bundle: { ...bundle, parts: [...parts], formerParts, lessonCount, trialCount }, parts: after };
}

function partIn(part: Product, { id }: Product, now: TimeMs): Product {
  const leftOf = part.leftOf.filter(({ productId }) => productId !== id);
  const partOf = [...part.partOf.filter((other) => other !== id), id];
  return { ...part, partOf, leftOf, version: part.version + 1, updatedAtMs: now };
}

/** The part after it left the bundle. `version` is the bundle's version from then on. */
function partOut(part: Product, { id, version, publishedAtMs }: Product, now: TimeMs): Product {
  const partOf = part.partOf.filter((other) => other !== id);
  const others = part.leftOf.filter(({ productId }) => productId !== id);
  const leftOf = publishedAtMs === null ? others : [...others, { productId: id, version, atMs: now }];
  return { ...part, partOf, leftOf, version: part.version + 1, updatedAtMs: now };
}

function refuseUnfit(bundle: Product, part: Product): void {
  const productId = part.id;
  if (part.kind !== 'course' && part.kind !== 'content' && part.kind !== 'media') {
    throw refuse('part_kind', { productId });
  }
  if (bundle.state === 'published' && part.state !== 'published') {
    throw refuse('part_not_published', { productId });
  }
  const isFull = part.partOf.length >= PARTS_MAX || part.partOf.length + part.leftOf.length >= LEFT_MAX;
  if (isFull) throw refuse('part_full', { productId });
}

/** A change and the facts needed to apply it. */
export interface ChangeAsked {
  readonly change: ProductChange;
  readonly expectedVersion: number;
  /** Whether a new list price must first be registered with a platform before it takes effect. */
  readonly waitsForRail: boolean;
  readonly now: TimeMs;
}

/**
 * The changed product and content, without changes to its parts. The same documents are returned for a repeat of this
 * change, whose first answer was lost. When a rail must know a new list price first, the price waits in `nextListFen`.
 * @throws product.version_changed when somebody else changed it meanwhile
 * @throws product.change_refused with the `reason`: `question` (its expert changes it), `no_content`, `no_access` (for
 * a membership), `no_trial` (for all but a course), or one of `termsProblem`
 */
export function changeProduct(before: ProductDocuments, asked: ChangeAsked): ProductDocuments {
  const { change, expectedVersion, now } = asked;
  const { version } = before.product;
  const product = changed(before.product, asked);
  const content = changedContent(before.content, change.content);
  const isSame = version === expectedVersion + 1 && isEqual({ product, content }, before);
  if (isSame && isEqual(change.parts ?? before.product.parts, before.product.parts)) return before;
  refuseUnlessSeen(before.product, expectedVersion);
  if (!isOnShelf(before.product)) throw refuse('question');
  if (change.access !== undefined && product.kind === 'membership') throw refuse('no_access');
  if (product.trialDays > 0 && product.kind !== 'course') throw refuse('no_trial');
  const problem =
    product.state === 'published' ? (termsProblem(product) ?? changeProblem(before, content)) : null;
  if (problem !== null) throw refuse(problem, PRICES);
  return { product: { ...product, version: version + 1, updatedAtMs: now }, content };
}

/** Refuses to act on a version that is no longer current. @throws product.version_changed with the current version */
export function refuseUnlessSeen({ version }: Product, expectedVersion: number): void {
  if (version !== expectedVersion) throw fail('product.version_changed', { params: { version } });
}

const PRICES = { priceMinFen: PRICE_MIN_FEN, priceMaxFen: PRICE_MAX_FEN } as const;

const isEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function changed(before: Product, { change, waitsForRail }: ChangeAsked): Product {
  const listFen = or(change.listFen, before.nextListFen ?? before.listFen);
  const isLater = waitsForRail && before.state === 'published' && listFen > 0 && listFen !== before.listFen;
  return {
    ...before,
    title: or(change.title, before.title),
    subtitle: or(change.subtitle, before.subtitle),
    summary: or(change.summary, before.summary),
    category: or(change.category, before.category),
    tags: or(change.tags, before.tags),
    teacher: or(change.teacher, before.teacher),
    coverUrl: or(change.coverUrl, before.coverUrl),
    listFen: isLater ? before.listFen : listFen,
    nextListFen: isLater ? listFen : null,
    access: or(change.access, before.access),
    trialDays: or(change.trialDays, before.trialDays),
    ...termsOf(change, before),
  };
}

function changedContent(before: Content | null, change: ProductChange['content']): Content | null {
  if (change === undefined) return before;
  if (before === null) throw refuse('no_content');
  const after = {
    ...before,
    preview: or(change.preview, before.preview),
    body: or(change.body, before.body),
    mediaKey: or(change.mediaKey, before.mediaKey),
    durationSeconds: or(change.durationSeconds, before.durationSeconds),
  };
  return isEqual(after, before) ? before : after;
}

/**
 * Why a published product would have nothing to sell with the changed content; null when it would. A problem that
 * existed before the change is not reported.
 */
function changeProblem({ product, content }: ProductDocuments, after: Content | null): string | null {
  const problem = emptyProblem(product, after);
  return problem === emptyProblem(product, content) ? null : problem;
}

/** Why there is nothing to sell in a product, or why its length is unknown; null when it is complete. */
function emptyProblem(product: Product, content: Content | null): string | null {
  const hasFile = content !== null && content.mediaKey !== null;
  if (product.kind === 'media' && !hasFile) return 'no_file';
  if (product.kind === 'media' && content?.durationSeconds === 0) return 'no_duration';
  if (product.kind === 'content' && !hasFile && !content?.body) return 'no_content';
  return null;
}

/** Why staff do not put it on sale themselves: a question is sold while its expert's offer is in force. */
const shelfProblem = (product: Product) => (isOnShelf(product) ? null : 'question');

/** The products that must be published before this one: its parts, or the product that a membership covers. */
export function neededBy(product: Product): readonly ProductId[] {
  return product.plan?.scope.kind === 'product' ? [product.plan.scope.productId] : product.parts;
}

/** Why its parts keep a product from being sold; null when they do not. Withdrawn parts of a bundle are ignored. */
function partsProblem(product: Product, found: readonly Product[]): string | null {
  const needed = neededBy(product).map((id) => found.find((part) => part.id === id)?.state);
  const isBundle = product.kind === 'bundle' || product.kind === 'column';
  const counted = isBundle ? needed.filter((state) => state !== 'withdrawn') : needed;
  if (isBundle && counted.length === 0) return 'no_parts';
  return counted.every((state) => state === 'published') ? null : 'part_not_published';
}

/**
 * The product on sale. The same object is returned when it is on sale already. A withdrawn product keeps its first
 * publication time. `found` are the products of `neededBy` that exist. Courses are published by `publishCourse`.
 * @throws product.not_publishable with the `reason`: `no_content`, `no_file`, `no_duration`, `no_parts`,
 * `part_not_published`, or one of `termsProblem`
 */
export function publishProduct(before: ProductDocuments, found: readonly Product[], now: TimeMs): Product {
  const { product, content } = before;
  if (product.state === 'published') return product;
  const reason =
    shelfProblem(product) ??
    partsProblem(product, found) ??
    emptyProblem(product, content) ??
    termsProblem(product);
  if (reason !== null) throw fail('product.not_publishable', { params: { reason, ...PRICES } });
  const publishedAtMs = product.publishedAtMs ?? timeMs(now);
  return { ...product, state: 'published', version: product.version + 1, publishedAtMs, updatedAtMs: now };
}

/**
 * The product, no longer sold and still open to its owners. The same object is returned when it is withdrawn
 * already. It leaves the bundles and columns that contain it (`bundles`, all of `partOf`): their present owners keep
 * it, and new buyers do not get it. A bundle with no parts left is no longer on sale.
 * @throws product.change_refused when it was never published, and for a question, which ends with its expert
 */
export function withdrawProduct(
  product: Product,
  bundles: readonly Product[],
  now: TimeMs,
): { readonly product: Product; readonly bundles: readonly Product[] } {
  if (product.state === 'withdrawn') return { product, bundles: [] };
  if (product.state === 'draft') throw refuse('not_published');
  if (!isOnShelf(product)) throw refuse('question');
  let out = product;
  const without = bundles.map((before): Product => {
    const next = { ...before, version: before.version + 1, updatedAtMs: now };
    const parts = before.parts.filter((id) => id !== product.id);
    const after = moveParts(next, { parts, added: [], removed: [product.id] }, [out], now);
    out = after.parts[0] ?? out;
    return after.bundle;
  });
  const version = product.version + 1;
  return { product: { ...out, state: 'withdrawn', version, updatedAtMs: now }, bundles: without };
}

/** A product as staff see it. */
export function staffProductView({ product, content }: ProductDocuments): StaffProductView {
  return { ...product, content };
}

/**
 * Refuses to delete a product that was ever on sale, or is in a bundle or column.
 * @throws product.not_removable with the reason; product.version_changed when the version seen is not the current
 * one
 */
export function refuseUnlessRemovable(product: Product, expectedVersion: number): void {
  const { state, partOf } = product;
  if (state !== 'draft') throw fail('product.not_removable', { params: { reason: 'not_draft' } });
  const [bundleId] = partOf;
  if (bundleId !== undefined)
    throw fail('product.not_removable', { params: { reason: 'part_of', bundleId } });
  refuseUnlessSeen(product, expectedVersion);
}
