import { TRIES, TRIES_OF_ADDRESS } from '../../domain/identity/attempts.ts';
import type { Ports } from '../../ports/ports.ts';
import type { UserId } from '../../schemas/base.ts';

/**
 * Counts one try to redeem a code, by user and by network address, before the code is looked up. Returns a function
 * that takes the count back, because a correct code was no guess.
 * @throws request.too_many
 */
export async function countGuess(
  { attempts }: Pick<Ports, 'attempts'>,
  userId: UserId,
  address: string,
): Promise<() => Promise<void>> {
  const [ofUser, ofAddress] = [`codes of ${userId}`, `codes from ${address}`];
  await attempts.count(ofUser, TRIES);
  await attempts.count(ofAddress, TRIES_OF_ADDRESS);
  return async () => {
    await attempts.giveBack(ofUser);
    await attempts.giveBack(ofAddress);
  };
}
