/** Asks WeChat about what somebody wrote, and reads its answer as a verdict of our review. */
import * as users from '../../data/identity/users.ts';
import { type PieceVerdict, pieces, wordsOf, worst } from '../../domain/review/checkedText.ts';
import type { Reader } from '../../ports/database.ts';
import type { Safety, SafetyScene, Unchecked } from '../../ports/safety.ts';
import type { UserId } from '../../schemas/base.ts';
import { CHECKED_CHARACTERS_MAX, type Written } from '../../schemas/review/review.ts';

/** The verdict of what is never checked: a person looks at it. */
export function uncheckedBy(code: string): PieceVerdict {
  return { verdict: 'review', label: null, cause: `unchecked:${code}` };
}

/** What WeChat knows the writer by; null for who never came by WeChat. */
export async function openidOfWriter(reader: Pick<Reader, 'find'>, userId: UserId): Promise<string | null> {
  return (await users.find(reader, userId))?.openid ?? null;
}

/**
 * What WeChat says of a text, piece by piece; the worst counts.
 * @throws wechat.unavailable when a piece has no answer yet
 */
export async function judgeText(
  safety: Pick<Safety, 'checkText'>,
  {
    openid,
    scene,
    written,
  }: { readonly openid: string | null; readonly scene: SafetyScene; readonly written: Written },
): Promise<PieceVerdict> {
  if (openid === null) return uncheckedBy('no_openid');
  const [first = '', ...rest] = pieces(wordsOf(written), CHECKED_CHARACTERS_MAX);
  const ask = async (content: string) => saidOf(await safety.checkText({ openid, scene, content }));
  const [one, others] = await Promise.all([ask(first), Promise.all(rest.map(ask))]);
  return worst([one, ...others]);
}

type Answer = Awaited<ReturnType<Safety['checkText']>>;

const isUnchecked = (answer: Answer): answer is Unchecked => answer.suggest === 'unchecked';

function saidOf(answer: Answer): PieceVerdict {
  if (isUnchecked(answer)) return uncheckedBy(answer.code);
  return { verdict: answer.suggest, label: answer.label, cause: `check:${answer.traceId}` };
}
