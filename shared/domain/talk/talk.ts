/** Which features are switched on. */
import { fail } from '../../errors.ts';
import { type Feature, Talk } from '../../schemas/talk/talk.ts';

/** Everything off, as a shop begins. */
export const DEFAULT_TALK: Talk = Talk.parse({});

/** Whether anybody sees comments, and so counts of them and of likes. */
export function hasCounts({ comments, topics }: Talk): boolean {
  return comments !== 'off' || topics !== 'off';
}

/**
 * Refuses what is switched off. Writing needs `on`, reading `read` or `on`.
 * @throws feature.off
 */
export function needFeature(talk: Talk, feature: Feature, use: 'read' | 'write'): void {
  const state = talk[feature];
  if (state === 'off' || (use === 'write' && state === 'read')) throw fail('feature.off');
}
