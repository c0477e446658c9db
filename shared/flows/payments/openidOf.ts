import * as users from '../../data/identity/users.ts';
import { fail } from '../../errors.ts';
import type { Reader } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';

/**
 * The payer's openid, which both rails need.
 * @throws pay.openid_missing for a user who has never logged in by WeChat
 */
export async function openidOf(reader: Pick<Reader, 'find'>, userId: UserId): Promise<string> {
  const { openid } = await users.get(reader, userId);
  if (openid === null) throw fail('pay.openid_missing');
  return openid;
}
