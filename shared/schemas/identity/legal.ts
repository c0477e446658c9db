/** What people agree to: the texts, their versions, and who agreed to which. */
import * as z from 'zod';
import { lines, pageOf, storedText, TimeMs, text, UserId } from '../base.ts';

/**
 * What a text is about, and so what is agreed to. `terms` and `privacy` are for everybody. Each of the others is asked
 * for apart, and nothing that is bought depends on it.
 */
export const LegalKind = z.enum([
  'terms',
  'privacy',
  /** Measuring how the shop is used. */
  'analytics',
  'personalisation',
  'marketing',
  /** Handing pseudonymous data on to others. */
  'sharing',
  /** The rules of comments, groups and whatever else people write. */
  'community',
  /** Asking and answering paid questions. */
  'questions',
  'expert',
  'partner',
]);
export type LegalKind = z.infer<typeof LegalKind>;

/** The name of a version as its text says it: `2026-11-30`, `3`. It is unique within its kind. */
export const LegalVersion = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$/);

const TitleAsked = text(60);
const BodyAsked = lines(60_000);

/** What staff publish. */
export const LegalTextDraft = z.strictObject({
  kind: LegalKind,
  version: LegalVersion,
  title: TitleAsked,
  /** Markdown without HTML. */
  body: BodyAsked,
  /** Whether everybody has to agree again. Without it, who agreed to the version before still does. */
  asksAgain: z.boolean(),
});
export type LegalTextDraft = z.infer<typeof LegalTextDraft>;

/** A published text. The id is `<kind>:<version>`. It never changes. */
export const LegalText = z.object({
  id: z.string().max(60),
  kind: LegalKind,
  version: LegalVersion,
  title: storedText(TitleAsked),
  body: storedText(BodyAsked),
  asksAgain: z.boolean(),
  /** SHA-256 of title and body, in hex. Whoever agrees, agrees to this. */
  digest: z.string().length(64),
  publishedAtMs: TimeMs,
  publishedBy: UserId,
});
export type LegalText = z.infer<typeof LegalText>;

/** The most versions to which an agreement counts. The oldest are forgotten, and people are asked again. */
export const COUNTED_MAX = 50;

/** Which text of a kind holds now. The id is the kind. */
export const CurrentText = z.object({
  id: LegalKind,
  version: LegalVersion,
  digest: z.string().length(64),
  /** The versions to which an agreement counts, oldest first; the present one is the last. */
  counted: z.array(LegalVersion).min(1).max(COUNTED_MAX),
  changedAtMs: TimeMs,
});
export type CurrentText = z.infer<typeof CurrentText>;

/** A text as everybody reads it. */
export const LegalTextView = LegalText.omit({ id: true, publishedBy: true }).extend({
  /** Whether it is the version that holds now. */
  isCurrent: z.boolean(),
  /** The versions to which an agreement counts now. Who agreed to another one, or to none, is asked. */
  counted: z.array(LegalVersion),
});
export type LegalTextView = z.infer<typeof LegalTextView>;

/** A text in staff's list, without its body. */
export const LegalTextRow = LegalText.omit({ id: true, body: true });
export type LegalTextRow = z.infer<typeof LegalTextRow>;

/** One page of a kind's versions. */
export const LegalTextPage = pageOf(LegalTextRow);

const ConsentKept = LegalVersion.nullable().default(null);

/** The version of each text the user has agreed to; null for never, or withdrawn. */
export const Consents = z.strictObject({
  terms: ConsentKept,
  privacy: ConsentKept,
  analytics: ConsentKept,
  personalisation: ConsentKept,
  marketing: ConsentKept,
  sharing: ConsentKept,
  community: ConsentKept,
  questions: ConsentKept,
  expert: ConsentKept,
  partner: ConsentKept,
} satisfies Record<LegalKind, z.ZodType>);
export type Consents = z.infer<typeof Consents>;

/** Where somebody agreed or withdrew, as their client says. */
export const ConsentPlace = z.strictObject({
  /** The page that showed the text, such as `own/privacy`. */
  page: z.string().regex(/^[0-9A-Za-z_/-]{1,100}$/),
  /** The version of the mini-program. */
  appVersion: z.string().regex(/^[0-9A-Za-z.-]{1,30}$/),
});

/** One change of a consent. Entries are only added. The id is `<userId>:<kind>:<number of the user's changes>`. */
export const ConsentEntry = z.object({
  id: z.string().max(80),
  userId: UserId,
  kind: LegalKind,
  act: z.enum(['given', 'withdrawn']),
  /** The version that was agreed to, or that no longer is. */
  version: LegalVersion,
  /** The digest of that text; null where it was withdrawn. */
  digest: z.string().length(64).nullable(),
  page: ConsentPlace.shape.page,
  appVersion: ConsentPlace.shape.appVersion,
  atMs: TimeMs,
});
export type ConsentEntry = z.infer<typeof ConsentEntry>;
