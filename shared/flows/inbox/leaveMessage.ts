import { messageDue } from '../../../events/messageDue.ts';
import * as messages from '../../data/inbox/messages.ts';
import { newMessage } from '../../domain/inbox/delivery.ts';
import { type Fact, fact } from '../../event.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Message, MessageSubject } from '../../schemas/inbox/message.ts';

/** The fact that a message is due, once for each time. */
export function dueFact({ id, turns }: Message) {
  return fact(messageDue, `${id}:${turns}`, { messageId: id });
}

/** What a consumer has that tells somebody something. */
interface Telling {
  readonly tx: Tx;
  readonly emit: (...facts: readonly Fact[]) => Promise<void>;
  readonly ports: Pick<Ports, 'settings'>;
  readonly now: TimeMs;
}

/**
 * Puts a message into a user's inbox, once for each cause, and has it sent outside where there is a template: now, or
 * in the morning. The cause has at most 140 characters of printable ASCII.
 */
export async function leaveMessage(
  { tx, emit, ports, now }: Telling,
  asked: { readonly userId: UserId; readonly cause: string; readonly subject: MessageSubject },
): Promise<void> {
  const message = newMessage(asked, ports.settings.templates, now);
  if ((await messages.find(tx, message.id)) !== null) return;
  await messages.insert(tx, message);
  if (message.state === 'due') await emit(dueFact(message));
}
