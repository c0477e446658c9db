import * as tasks from '../../data/tasks.ts';
import { doubtsOf } from '../../domain/review/contacts.ts';
import { ALLOWED } from '../../domain/review/trust.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Caller } from '../../schemas/identity/caller.ts';
import type { Topic, TopicWritten } from '../../schemas/talk/topic.ts';
import { mayWrite } from '../review/mayWrite.ts';
import { submitFacts } from '../review/submit.ts';
import { useUploads } from '../review/useUploads.ts';

/**
 * Makes a new version of a topic, new or edited, in the transaction that stores it: counted on its writer, its pictures
 * taken from their uploads, and handed to the check. `write` makes it, with our own doubts about it. An edit counts as
 * a comment, because who is new has one topic a day.
 * @throws what `mayWrite` and `write` throw; topic.too_many_images with how many there may be; upload.not_found
 */
export async function submitTopic(
  tx: Tx,
  asked: {
    readonly user: Caller;
    readonly isStaffHere: boolean;
    /** The topic before an edit; null for a new one. */
    readonly before: Topic | null;
    readonly written: TopicWritten;
    readonly write: (doubts: readonly string[]) => Topic;
  },
  at: {
    readonly ports: Pick<Ports, 'database' | 'settings'>;
    readonly now: TimeMs;
    readonly requestId: string;
  },
): Promise<Topic> {
  const { user, isStaffHere, before, written, write } = asked;
  const { ports, now, requestId } = at;
  const counted = before === null ? { what: 'topic' as const } : { what: 'comment' as const, edited: before };
  const { trust } = await mayWrite(tx, { user, ...counted, place: { isStaffHere }, ports, now });
  const { images: max } = ALLOWED[trust];
  if (written.images.length > max) throw fail('topic.too_many_images', { params: { max } });
  const origins = ports.settings.corsOrigins;
  const after = write(doubtsOf(written, { trust, origins }));
  const target = `topic:${after.id}`;
  await useUploads(tx, target, { before, after }, now);
  await tasks.append(tx, submitFacts(target, after), { now, requestId });
  return after;
}
