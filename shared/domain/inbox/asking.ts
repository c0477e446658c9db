/** Which messages somebody is asked for, and where. */
import { ASKED_MAX, type AskingPlace, type Subscription } from '../../schemas/inbox/message.ts';
import type { TemplateKind } from '../../schemas/inbox/template.ts';

/** What is asked for in each place, the most useful first. */
const WANTED = {
  paid: ['order', 'refund', 'learning'],
  finished: ['learning', 'points', 'reply'],
  coupon: ['coupon', 'points', 'promotion'],
  writing: ['reply', 'review'],
  settings: ['promotion', 'coupon', 'points'],
} as const satisfies Record<AskingPlace, readonly TemplateKind[]>;

/** Who allows this many messages of a template already is not asked for more. */
const ENOUGH = 5;

/** The kinds that are worth asking for in a place. */
export function wantedAt(place: AskingPlace): readonly TemplateKind[] {
  return WANTED[place];
}

/** Of these kinds those that the user may still be asked for, in that order, as many as one tap can ask for. */
export function toAsk(
  kinds: readonly TemplateKind[],
  subscriptions: readonly Subscription[],
): readonly TemplateKind[] {
  const isAskable = (kind: TemplateKind) => {
    const own = subscriptions.find(({ template }) => template === kind);
    return own === undefined || (!own.isBlocked && own.left < ENOUGH);
  };
  return kinds.filter(isAskable).slice(0, ASKED_MAX);
}
