/** The tokens in gift links. They are derived from the gift's id under our key, and are not stored. */
import * as gifts from '../../data/access/gifts.ts';
import { fail } from '../../errors.ts';
import type { Reader } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Gift, GiftToken } from '../../schemas/access/gift.ts';

/** The number of hex characters of the digest in a token: 128 bits. */
const DIGEST_CHARACTERS = 32;

function tokenOf(secrets: Ports['secrets'], id: string): string {
  const [order = '', product = ''] = id.split(':').map((part) => part.slice('ord_'.length));
  return `gft_${order}_${product}_${secrets.digest('gift.token', id).slice(0, DIGEST_CHARACTERS)}`;
}

/** The token of a gift. It is always the same for one gift. */
export function giftToken(secrets: Ports['secrets'], gift: Pick<Gift, 'id'>): string {
  return tokenOf(secrets, gift.id);
}

/** The gift of a token. @throws gift.not_found, also for a token that we did not make */
export async function giftOf(
  reader: Pick<Reader, 'find'>,
  secrets: Ports['secrets'],
  token: GiftToken,
): Promise<Gift> {
  const [, order, product] = token.split('_');
  const id = `ord_${order}:prd_${product}`;
  if (tokenOf(secrets, id) !== token) throw fail('gift.not_found', { detail: 'not our token' });
  const gift = await gifts.findById(reader, id);
  if (gift === null) throw fail('gift.not_found');
  return gift;
}
