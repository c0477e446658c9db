/** Ids of what this phone creates: orders, refunds, redemptions, notes, comments, topics and uploads. */
import { makeId } from '../../client/id.ts';

/** The number of random letters in an id. */
const CHANCES = 16;

async function chances(): Promise<readonly number[]> {
  try {
    const { randomValues } = await wx.getRandomValues({ length: CHANCES });
    return Array.from(new Uint8Array(randomValues), (byte) => byte / 256);
  } catch {
    // An id has to be new and need not be secret, so a phone without a source of chance does with this one.
    return Array.from({ length: CHANCES }, () => Math.random());
  }
}

/** A new id. It is kept until there is an answer, so that a repeated request creates once. */
export async function newId(
  prefix: 'ord' | 'rfd' | 'rdm' | 'nte' | 'cmt' | 'top' | 'fbk' | 'upl',
): Promise<string> {
  const bytes = await chances();
  let next = 0;
  const random = () => {
    const chance = bytes[next] ?? 0;
    next += 1;
    return chance;
  };
  return makeId(prefix, Date.now(), random);
}
