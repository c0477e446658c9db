/** Inboxes in a world whose shop has WeChat's templates, and what people allow there. */
import { SIMULATED_TEMPLATES } from '../../../local/simulators/wechat/templates.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { dayOf, dayStartMs } from '../../../shared/domain/day.ts';
import { leaveMessage } from '../../../shared/flows/inbox/leaveMessage.ts';
import { DAY_MS, HOUR_MS, OrderId, SECOND_MS, type UserId } from '../../../shared/schemas/base.ts';
import type { Message, MessageSubject } from '../../../shared/schemas/inbox/message.ts';
import type { TemplateKind } from '../../../shared/schemas/inbox/template.ts';
import { createWorld, type World, type WorldOptions } from '../world.ts';
import { type Buyer, storedIn } from './order.ts';

/** A world with templates, at this hour of a day in Shanghai. */
export async function inboxWorld(hour = 12, options: WorldOptions = {}): Promise<World> {
  const world = await createWorld({
    ...options,
    settings: { templates: SIMULATED_TEMPLATES, ...options.settings },
  });
  moveToHour(world, hour);
  return world;
}

/** Goes on to the next time that it is this hour in Shanghai. */
export function moveToHour(world: World, hour: number): void {
  const now = world.clock.now();
  const today = dayStartMs(dayOf(now)) + hour * HOUR_MS;
  world.clock.advance((today >= now ? today : today + DAY_MS) - now);
}

/** Somebody accepts messages of a template so often, each time in a second of its own. */
export async function givenAllowed(world: World, buyer: Buyer, kind: TemplateKind, count = 1): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    world.weixin.subscriptions.answer(buyer.openid, { [SIMULATED_TEMPLATES[kind].id]: 'accept' });
    await world.drain();
    world.clock.advance(SECOND_MS);
  }
}

/** Puts a message into an inbox, as a consumer of some fact does, and rings for it. */
export async function givenMessage(
  world: World,
  userId: UserId,
  cause: string,
  subject: MessageSubject = aSubject(world),
): Promise<string> {
  const { ports } = world;
  const at = { now: world.clock.now(), requestId: 'given' };
  await ports.database.tx((tx) =>
    leaveMessage(
      { tx, ports, now: at.now, emit: (...facts) => tasks.append(tx, facts, at) },
      { userId, cause, subject },
    ),
  );
  return `${userId}:${cause}`;
}

/** A message that does not wait for the morning. */
export function aSubject(world: World): MessageSubject {
  const orderId = OrderId.parse(world.ports.ids.make('ord'));
  return { kind: 'order_paid', title: '编程入门', orderId, lines: 1, paidFen: 9_900 as never };
}

/** The stored messages, in the order of their ids. */
export async function messagesIn(world: World): Promise<readonly Message[]> {
  const found = (await storedIn(world, 'messages')) as Message[];
  return found.sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** How many messages of a template the shop thinks that somebody allows. */
export async function leftOf(world: World, buyer: Buyer, kind: TemplateKind): Promise<number> {
  const found = (await storedIn(world, 'subscriptions')) as { id: string; left: number }[];
  return found.find(({ id }) => id === `${buyer.userId}:${kind}`)?.left ?? 0;
}
