/** What people answer when they are asked for messages, and what becomes of messages that were sent. */
import * as z from 'zod';
import * as identities from '../../data/identity/identities.ts';
import * as messages from '../../data/inbox/messages.ts';
import * as subscriptions from '../../data/inbox/subscriptions.ts';
import { newSubscription, toldLater } from '../../domain/inbox/delivery.ts';
import { rulesOf } from '../../domain/inbox/messageKinds.ts';
import { heardAccept, heardBlock, heardUnblock } from '../../domain/inbox/subscription.ts';
import { fail } from '../../errors.ts';
import type { Database } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { PushMessage } from '../../ports/push.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Subscription } from '../../schemas/inbox/message.ts';
import type { TemplateKind, Templates } from '../../schemas/inbox/template.ts';

const HEARD = { accept: heardAccept, block: heardBlock, unblock: heardUnblock } as const satisfies Record<
  string,
  (subscription: Subscription, atS: number, now: TimeMs) => Subscription
>;

interface Answered {
  readonly userId: UserId;
  readonly template: TemplateKind;
  readonly answer: keyof typeof HEARD;
  /** In seconds of WeChat's clock. */
  readonly atS: number;
  readonly now: TimeMs;
}

/** Records one answer. A repeat changes nothing. */
export async function hearAnswers(
  database: Pick<Database, 'tx'>,
  { userId, template, answer, atS, now }: Answered,
): Promise<void> {
  await database.tx(async (tx) => {
    const before = await subscriptions.find(tx, userId, template);
    const known = before ?? newSubscription(userId, template, now);
    const after = HEARD[answer](known, atS, now);
    if (after !== known) await subscriptions.save(tx, before, after);
  });
}

/** In JSON a string or a number; in XML always a string. */
const Word = z.union([z.string(), z.number()]).transform(String).pipe(z.string().max(128));

/** One thing, or several: WeChat sends an object for one and an array for more. */
const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.union([z.array(item).max(20), item.transform((one) => [one])]);

const Answer = z.object({ TemplateId: Word, SubscribeStatusString: Word });
const Sent = z.object({ TemplateId: Word, MsgID: Word, ErrorCode: Word });

/** The list of a push. In JSON it stands in the message itself, in XML in an element that bears the event's name. */
function listOf<T extends z.ZodType>(item: T, { words }: PushMessage): readonly z.output<T>[] {
  const inner = Object.entries(words).find(([name]) => /^SubscribeMsg\w+Event$/.test(name))?.[1];
  const holds = z.object({ List: z.unknown() }).safeParse(inner);
  const parsed = oneOrMore(item).safeParse(words.List ?? (holds.success ? holds.data.List : inner));
  if (!parsed.success) throw fail('notice.malformed', { cause: parsed.error });
  return parsed.data;
}

const Head = z.object({ FromUserName: Word, CreateTime: Word.pipe(z.string().regex(/^[0-9]{1,10}$/)) });

type HearPorts = Pick<Ports, 'database' | 'settings'>;

/** Who the push is about, and when WeChat wrote it; null for somebody who is not a user. @throws notice.malformed */
async function headOf({ database }: HearPorts, { words }: PushMessage) {
  const head = Head.safeParse(words);
  if (!head.success) throw fail('notice.malformed', { cause: head.error });
  const { FromUserName: openid, CreateTime: atS } = head.data;
  const identity = await identities.find(database, identities.wechatId(openid));
  return identity === null ? null : { userId: identity.userId, atS: Number(atS) };
}

function kindOf(templates: Templates, id: string): TemplateKind | null {
  const found = Object.entries(templates).find(([, template]) => template.id === id);
  return found === undefined ? null : (found[0] as TemplateKind);
}

/**
 * Records what somebody answered in a dialogue (`popup`), where each acceptance allows one message, or in WeChat's
 * settings (`change`), where a refusal ends them all.
 * @throws notice.malformed
 */
export async function hearSubscriptions(
  ports: HearPorts,
  message: PushMessage,
  { where, now }: { readonly where: 'popup' | 'change'; readonly now: TimeMs },
): Promise<void> {
  const answers = listOf(Answer, message);
  const head = await headOf(ports, message);
  if (head === null) return;
  for (const { TemplateId: id, SubscribeStatusString: said } of answers) {
    const template = kindOf(ports.settings.templates, id);
    const accepted = where === 'popup' ? ('accept' as const) : ('unblock' as const);
    const answer = said === 'accept' ? accepted : where === 'change' && said === 'reject' ? 'block' : null;
    if (template !== null && answer !== null)
      await hearAnswers(ports.database, { ...head, template, answer, now });
  }
}

/** How many of a user's newest messages may be the one that a push is about. */
const LOOKED_AT = 50;

/**
 * Records what became of messages that were sent: of the one with WeChat's number, or of the newest of that template of
 * which nobody knew.
 * @throws notice.malformed
 */
export async function hearSent(ports: HearPorts, message: PushMessage, now: TimeMs): Promise<void> {
  const told = listOf(Sent, message);
  const head = await headOf(ports, message);
  if (head === null) return;
  for (const { TemplateId: id, MsgID: number, ErrorCode: code } of told) {
    const template = kindOf(ports.settings.templates, id);
    if (template !== null) await hearOne(ports, { userId: head.userId, template, number, code, now });
  }
}

interface ToldOf {
  readonly userId: UserId;
  readonly template: TemplateKind;
  readonly number: string;
  readonly code: string;
  readonly now: TimeMs;
}

async function hearOne({ database }: HearPorts, told: ToldOf): Promise<void> {
  const { userId, template, number, code, now } = told;
  const { items } = await messages.ofUser(database, userId, { limit: LOOKED_AT, cursor: null });
  const own = items.filter(({ subject }) => rulesOf(subject.kind).template === template);
  // Numbers of this size are not exact in JSON.
  const found =
    own.find((each) => each.number !== null && Number(each.number) === Number(number)) ??
    own.find(({ state }) => state === 'unknown');
  if (found === undefined) return;
  await database.tx(async (tx) => {
    const before = await messages.find(tx, found.id);
    if (before === null) return;
    await messages.save(tx, before, toldLater(before, code === '0' ? null : code.slice(0, 48), now));
  });
}
