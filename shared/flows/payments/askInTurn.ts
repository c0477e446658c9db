import { unaskedOf } from '../../errors.ts';
import type { Rail } from '../../schemas/orders/order.ts';

/** A question that was begun: takes that back when it was not asked after all. */
export type TakeBack = () => Promise<unknown>;

/** Asks a rail one question; see `askingInTurn`. */
export type AskInTurn = <T extends string>(
  rail: Rail,
  begin: () => Promise<TakeBack | null>,
  ask: () => Promise<T>,
) => Promise<T | 'left' | 'skipped' | 'unasked'>;

/**
 * Questions of one run. Each is begun, which commits that it is under way, and then asked; `skipped` when there was
 * nothing to begin. A question that was not asked is taken back, so that it counts as no try. From then on that rail is
 * asked nothing more in this run, and what would have been asked is `left` as it is.
 */
export function askingInTurn(): AskInTurn {
  const shut = new Set<Rail>();
  return async (rail, begin, ask) => {
    if (shut.has(rail)) return 'left';
    const takeBack = await begin();
    if (takeBack === null) return 'skipped';
    try {
      return await ask();
    } catch (caught) {
      if (unaskedOf(caught) === null) throw caught;
      shut.add(rail);
      await takeBack();
      return 'unasked';
    }
  };
}
