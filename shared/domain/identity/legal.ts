/** The rules of legal texts and consents. Texts never change; a newer version takes their place. */
import { fail } from '../../errors.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import {
  COUNTED_MAX,
  type ConsentEntry,
  type Consents,
  type CurrentText,
  type LegalKind,
  type LegalText,
  type LegalTextDraft,
  type LegalTextRow,
  type LegalTextView,
} from '../../schemas/identity/legal.ts';
import type { User } from '../../schemas/identity/user.ts';

/** No consent at all, as everybody begins. */
export const NO_CONSENTS: Consents = {
  ...{ terms: null, privacy: null, analytics: null, personalisation: null, marketing: null },
  ...{ sharing: null, community: null, questions: null, expert: null, partner: null },
};

/** The text that was published under this version before, when it is the same. @throws legal.version_taken */
export function publishedBefore(text: LegalText, asked: LegalTextDraft, digest: string): LegalText {
  if (text.digest !== digest || text.asksAgain !== asked.asksAgain) throw fail('legal.version_taken');
  return text;
}

/**
 * The new text, and which text holds from now on. The first text of a kind asks everybody, whatever it says.
 * @throws legal.version_changed when another text holds than the one that staff saw
 */
export function publishText(
  asked: LegalTextDraft,
  given: {
    readonly digest: string;
    readonly current: CurrentText | null;
    /** The version that staff saw in force; null for none. */
    readonly replaces: string | null;
    readonly by: UserId;
    readonly now: TimeMs;
  },
): { readonly text: LegalText; readonly next: CurrentText } {
  const { digest, current, by, now } = given;
  const { kind, version } = asked;
  if ((current?.version ?? null) !== given.replaces) throw fail('legal.version_changed');
  const before = asked.asksAgain ? [] : (current?.counted ?? []);
  return {
    text: { ...asked, id: `${kind}:${version}`, digest, publishedAtMs: now, publishedBy: by },
    next: {
      id: kind,
      version,
      digest,
      counted: [...before, version].slice(-COUNTED_MAX),
      changedAtMs: now,
    },
  };
}

/** A text as everybody reads it. */
export function legalTextView(
  { id: _, publishedBy: __, ...text }: LegalText,
  current: CurrentText,
): LegalTextView {
  return { ...text, isCurrent: text.version === current.version, counted: current.counted };
}

/** A text in staff's list. */
export function legalTextRow({ id: _, body: __, ...text }: LegalText): LegalTextRow {
  return text;
}

/** Whether the user's consent to a kind counts now. Without a text there is nothing that could be agreed to. */
export function isAgreed({ consents }: Pick<User, 'consents'>, current: CurrentText | null): boolean {
  if (current === null) return false;
  const version = consents[current.id];
  return version !== null && current.counted.includes(version);
}

/** Where and when a consent changes. */
interface Change {
  readonly page: string;
  readonly appVersion: string;
  readonly now: TimeMs;
}

/** A user whose consents have changed, and the entry that proves it; null when they had said the same before. */
export interface ChangedConsent {
  readonly user: User;
  readonly entry: ConsentEntry | null;
}

function changed(
  user: User,
  entry: Pick<ConsentEntry, 'kind' | 'act' | 'version' | 'digest'>,
  { page, appVersion, now }: Change,
): ChangedConsent {
  const consentChanges = user.consentChanges + 1;
  const version = entry.act === 'given' ? entry.version : null;
  const consents = { ...user.consents, [entry.kind]: version };
  return {
    user: { ...user, consents, consentChanges, updatedAtMs: now },
    entry: {
      ...{ id: `${user.id}:${entry.kind}:${consentChanges}`, userId: user.id, ...entry },
      ...{ page, appVersion, atMs: now },
    },
  };
}

/**
 * Agrees to a version of a text. Who agreed to it before has done nothing new.
 * @throws consent.version_unknown for a version that does not count (any more)
 */
export function giveConsent(
  user: User,
  asked: { readonly text: LegalText | null; readonly current: CurrentText | null } & Change,
): ChangedConsent {
  const { text, current } = asked;
  if (text === null || current?.counted.includes(text.version) !== true)
    throw fail('consent.version_unknown', { params: { version: current?.version ?? null } });
  const { kind, version, digest } = text;
  if (user.consents[kind] === version) return { user, entry: null };
  return changed(user, { kind, act: 'given', version, digest }, asked);
}

/** Takes a consent back. Who has not agreed has nothing to take back. */
export function withdrawConsent(user: User, kind: LegalKind, change: Change): ChangedConsent {
  const version = user.consents[kind];
  if (version === null) return { user, entry: null };
  return changed(user, { kind, act: 'withdrawn', version, digest: null }, change);
}
