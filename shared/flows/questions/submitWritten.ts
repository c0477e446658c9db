import * as tasks from '../../data/tasks.ts';
import { doubtsOf } from '../../domain/review/contacts.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Reviewed, ReviewTarget } from '../../schemas/review/review.ts';
import { submitFacts } from '../review/submit.ts';
import { useUploads } from '../review/useUploads.ts';

/**
 * Makes a new version of a question or an answer, in the transaction that stores it: its files are taken from their
 * uploads, and its parts are handed to the check. What leads out of the shop goes to staff, whoever wrote it.
 * @throws upload.not_found, and what `write` throws
 */
export async function submitWritten<R extends Reviewed>(
  tx: Tx,
  asked: {
    readonly target: ReviewTarget;
    readonly before: R | null;
    readonly text: { readonly title?: string; readonly body: string };
    readonly write: (doubts: readonly string[]) => R;
  },
  at: { readonly ports: Pick<Ports, 'settings'>; readonly now: TimeMs; readonly requestId: string },
): Promise<R> {
  const { target, before, text, write } = asked;
  const { title = null, body } = text;
  const after = write(doubtsOf({ title, body }, { trust: 0, origins: at.ports.settings.corsOrigins }));
  await useUploads(tx, target, { before, after }, at.now);
  await tasks.append(tx, submitFacts(target, after), at);
  return after;
}
