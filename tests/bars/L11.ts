import { listMessages } from '../../functions/inbox/listMessages.ts';
import { sendWaitingMessages } from '../../functions/inbox/sendWaitingMessages.ts';
import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { NO_MESSAGE_FAULTS } from '../../local/simulators/wechat/subscriptions.ts';
import { SIMULATED_TEMPLATES } from '../../local/simulators/wechat/templates.ts';
import { AuditedStore } from '../../shared/commands/auditedStore.ts';
import { auditStore } from '../../shared/commands/auditStore.ts';
import type { Database } from '../../shared/ports/database.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, OrderId, ProductId, SECOND_MS } from '../../shared/schemas/base.ts';
import type { MessageSubject, Subscription } from '../../shared/schemas/inbox/message.ts';
import { givenMessage, inboxWorld, messagesIn } from '../support/given/inbox.ts';
import { type Buyer, storedIn } from '../support/given/order.ts';
import type { World } from '../support/world.ts';
import { bar } from './bar.ts';

const STEP_MS = 20 * MINUTE_MS;
const AHEAD_MS = 8 * HOUR_MS;
const READERS = 250;
/** The templates of the messages below, which people accept now and then. */
const ASKED = ['order', 'learning'] as const;
/** Every other kind waits for the morning. */
const NIGHT_KIND = 'order_paid';

/** Dies at a share of its transactions, before or after their commit. */
class Dying {
  share = 0;
  deaths = 0;
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  around(inner: Database): Database {
    const tx: Database['tx'] = async (work) => {
      const chance = this.share > 0 ? this.#random() : 1;
      if (chance < this.share / 2) throw this.#death();
      const done = await inner.tx(work);
      if (chance < this.share) throw this.#death();
      return done;
    };
    return new Proxy(inner, {
      get: (own, name) => {
        if (name === 'tx') return tx;
        if (name === 'metered') return (meter: never) => this.around(own.metered(meter));
        const value: unknown = Reflect.get(own, name);
        return typeof value === 'function' ? value.bind(own) : value;
      },
    });
  }

  #death(): Error {
    this.deaths += 1;
    return new Error('killed');
  }
}

function subjectOf(world: World): MessageSubject {
  const kind = world.random() < 0.5 ? NIGHT_KIND : 'certificate_issued';
  if (kind === 'certificate_issued')
    return { kind, title: '课', productId: ProductId.parse(world.ports.ids.make('prd')) };
  const orderId = OrderId.parse(world.ports.ids.make('ord'));
  return { kind, title: '课', orderId, lines: 1, paidFen: 9_900 as never };
}

/** Some people accept messages, and a few switch a template off. */
async function allow(world: World, readers: readonly Buyer[]): Promise<void> {
  const { subscriptions } = world.weixin;
  for (const { openid } of readers) {
    if (world.random() < 0.3)
      subscriptions.answer(
        openid,
        Object.fromEntries(ASKED.map((kind) => [SIMULATED_TEMPLATES[kind].id, 'accept'])),
      );
    if (world.random() < 0.003) subscriptions.change(openid, SIMULATED_TEMPLATES.order.id, 'reject');
  }
  await world.drain();
}

const hourOf = (atMs: number) => new Date(atMs + AHEAD_MS).getUTCHours();
const dayOf = (atMs: number) => Math.floor((atMs + AHEAD_MS) / DAY_MS);

/** What is wrong in the end: by the simulator's own book, the inboxes, and an audit of the raw store. */
async function judged(world: World, readers: readonly Buyer[], told: number): Promise<string[]> {
  const wrong: string[] = [];
  const pages = new Map<string, number>();
  const days = new Map<string, number>();
  for (const { page, openid, atMs, templateId } of world.weixin.subscriptions.reached) {
    pages.set(page, (pages.get(page) ?? 0) + 1);
    const day = `${openid} ${dayOf(atMs)}`;
    days.set(day, (days.get(day) ?? 0) + 1);
    const isQuiet = hourOf(atMs) >= 22 || hourOf(atMs) < 8;
    if (isQuiet && templateId !== SIMULATED_TEMPLATES.order.id) wrong.push(`${page} was sent at night`);
  }
  for (const [page, count] of pages) if (count > 1) wrong.push(`${page} reached somebody ${count} times`);
  for (const [day, count] of days) if (count > 3) wrong.push(`${count} messages on ${day}`);
  let inboxes = 0;
  for (const reader of readers) {
    let cursor: string | null = null;
    do {
      const input: unknown = { limit: 50, cursor };
      const { items, nextCursor } = (await world.call(listMessages, input, reader)).data;
      inboxes += items.length;
      cursor = nextCursor;
    } while (cursor !== null);
  }
  if (inboxes !== told) wrong.push(`${told} were told, and ${inboxes} stand in inboxes`);
  const openids = new Map(readers.map(({ userId, openid }) => [userId, openid]));
  for (const { id, userId, template, left } of (await storedIn(world, 'subscriptions')) as Subscription[]) {
    const { id: templateId } = SIMULATED_TEMPLATES[template];
    const theirs = world.weixin.subscriptions.leftOf(openids.get(userId) ?? '', templateId);
    if (left < 0 || left > theirs) wrong.push(`${id}: ${left} left, and WeChat says ${theirs}`);
  }
  const store = new AuditedStore();
  for await (const { collection, id, doc } of world.ports.database.exportAll())
    store.add({ collection, doc: { ...Object(doc), id } });
  for (const { rule, about, says } of auditStore(store).findings)
    if (rule === 'message' || rule === 'task') wrong.push(`${about} ${says}`);
  return wrong;
}

/**
 * Seen red: when a run that finds a message being sent calls WeChat too, messages reach people twice; when the quota is
 * taken after the call, more is left than WeChat says.
 */
export const L11 = bar({
  proves:
    'messages under kills, lost answers and repeated pushes: outside each at most once, three a day, the night kept, no quota below what WeChat knows; in the inbox all',
  flags: { messages: 5_000, days: 6, kill: 0.03 },
  brief: { messages: 300, days: 2 },
  run: async ({ seed, flags: { messages: size, days, kill }, note }) => {
    let dying: Dying | null = null;
    const world = await inboxWorld(9, {
      seed,
      database: (inner, { ids }) => {
        dying = new Dying(() => ids.random());
        return dying.around(inner);
      },
    });
    if (dying === null) throw new Error('the world has a store');
    const killer: Dying = dying;
    const readers: Buyer[] = [];
    for (let n = 0; n < Math.min(READERS, size / 10); n += 1) readers.push(await world.login(`reader${n}`));
    await world.drain();
    const shares = {
      answerLost: 0.05,
      requestLost: 0.05,
      slow: 0.02,
      busy: 0.05,
      tooMany: 0.02,
      pushedTwice: 0.1,
    };
    Object.assign(world.weixin.subscriptions.faults.shares, shares);
    const steps = Math.ceil((days * DAY_MS) / STEP_MS);
    let told = 0;
    for (let step = 0; step < steps; step += 1) {
      if (step % 36 === 0) {
        await allow(world, readers);
        note(`${told} of ${size} messages, ${killer.deaths} deaths`);
      }
      killer.share = 0;
      for (const upTo = Math.ceil((size * (step + 1)) / steps); told < upTo; told += 1) {
        const reader = readers[Math.floor(world.random() * readers.length)];
        if (reader !== undefined) await givenMessage(world, reader.userId, `m${told}`, subjectOf(world));
      }
      killer.share = kill;
      await passing(world, STEP_MS / 2);
      await passing(world, STEP_MS / 2);
    }
    killer.share = 0;
    Object.assign(world.weixin.subscriptions.faults.shares, NO_MESSAGE_FAULTS);
    for (let step = 0; step < 60; step += 1) await passing(world, STEP_MS);
    const states: Record<string, number> = {};
    for (const { state } of await messagesIn(world)) states[state] = (states[state] ?? 0) + 1;
    const violations = await judged(world, readers, told);
    const { length: reached } = world.weixin.subscriptions.reached;
    await world.close();
    const pass = violations.length === 0 && reached > size / 50 && killer.deaths > 0;
    return {
      pass,
      measured: { told, reached, deaths: killer.deaths, states, violations: violations.slice(0, 10) },
    };
  },
});

/** Time passes: timers run, rings arrive, and whatever died is taken up again. */
async function passing(world: World, ms: number): Promise<void> {
  const run = (own: typeof sweepTasks) => world.run(own).catch(() => undefined);
  await run(sendWaitingMessages);
  await world.drain().catch(() => undefined);
  world.clock.advance(SECOND_MS);
  await run(sweepTasks);
  await world.drain().catch(() => undefined);
  world.clock.advance(ms - SECOND_MS);
}
