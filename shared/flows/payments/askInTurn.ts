import { isNoTry, unaskedOf } from '../../errors.ts';
import type { Rail } from '../../schemas/orders/order.ts';

/** Takes back a started question that was not asked after all. */
export type TakeBack = () => Promise<unknown>;

/** Asks a rail one question, as `askingInTurn` describes. */
export type AskInTurn = <T extends string>(
  rail: Rail,
  begin: () => Promise<TakeBack | null>,
  ask: () => Promise<T>,
) => Promise<T | 'left' | 'skipped' | 'unasked'>;

/**
 * Asks a run's questions. Each is started, which commits that it is under way, and then asked. `skipped`: there was
 * nothing to start. `unasked`: the rail did not consider it, so it was taken back and does not count as a try. After
 * that the run asks this rail nothing more, and later questions are `left`. A question whose answer only a newer build
 * can record is taken back too.
 * @throws database.newer_version for such an answer; what `begin` and `ask` throw
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
      if (!isNoTry(caught)) throw caught;
      await takeBack();
      if (unaskedOf(caught) === null) throw caught;
      shut.add(rail);
      return 'unasked';
    }
  };
}
