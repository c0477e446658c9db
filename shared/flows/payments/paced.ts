import * as paces from '../../data/payments/paces.ts';
import { newPace, slowedDown, takeTurns, type Urgency } from '../../domain/payments/pace.ts';
import { fail, unaskedOf } from '../../errors.ts';
import type { Messages } from '../../ports/messages.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Safety } from '../../ports/safety.ts';
import type { WxpayRail } from '../../ports/wxpay.ts';
import type { XpayRail } from '../../ports/xpay.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import type { Pace, PacePath } from '../../schemas/payments/pace.ts';

/** How long to wait before looking for a turn again when none is free. */
const LOOK_AGAIN_MS = SECOND_MS / 4;
/** A turn unused for this long is lost. Using it late would exceed the rate. */
const GONE_AFTER_MS = SECOND_MS / 2;
/**
 * How long a platform that seems down is waited for. The circuit breaker leaves it alone for ten seconds and then
 * tries it.
 */
const DOWN_WAIT_MS = 12 * SECOND_MS;

/** Who takes turns. */
interface Pacing {
  readonly urgency: Urgency;
  readonly hasTime: () => boolean;
  /** Whether it has many calls to make. Otherwise it takes only the turns that it is about to use. */
  readonly isLong: boolean;
}

/** What has a pace. */
type Paced = Pick<Ports, 'rails' | 'safety' | 'messages'>;

type PacingPorts = Paced & Pick<Ports, 'database' | 'clock' | 'pause' | 'settings' | 'memory'>;

/** Turns that were taken and not used yet, by path. */
class Held {
  readonly turnsAtMs = new Map<PacePath, number[]>();
  /** One transaction at a time for each path. */
  readonly taking = new Map<PacePath, Promise<void>>();
  /** How many turns are waited for. */
  readonly wanted = new Map<PacePath, number>();
}

/**
 * What the effects of one process hold together, by its memory. They come one by one, and each for itself would fight
 * for the pace with all others.
 */
const together = new WeakMap<Ports['memory'], Held>();

/**
 * The turns of one run. It takes them from the shared pace a few at a time: half a second's worth, or, for single
 * effects, as many as they wait for in this process. A turn that is taken and not used is lost to everybody.
 */
class Turns {
  readonly #ports: PacingPorts;
  readonly #urgency: Urgency;
  readonly #hasTime: () => boolean;
  readonly #isLong: boolean;
  readonly #held: Held;
  readonly #downSinceMs = new Map<PacePath, number>();

  constructor(ports: PacingPorts, { urgency, hasTime, isLong }: Pacing) {
    this.#ports = ports;
    this.#urgency = urgency;
    this.#hasTime = hasTime;
    this.#isLong = isLong;
    this.#held = (isLong ? null : together.get(ports.memory)) ?? new Held();
    if (!isLong) together.set(ports.memory, this.#held);
  }

  /**
   * Runs the work when its turn comes; it uses `calls` turns. When the platform says that we call too often, the
   * rate is lowered and the work waits for its next turn. A platform that is down is waited for briefly.
   * @throws pay.unavailable, unasked, when time is up before the platform was really asked; what the work throws
   */
  async inTurn<T>(path: PacePath, calls: number, work: () => Promise<T>): Promise<T> {
    for (;;) {
      for (let call = 0; call < calls; call += 1) await this.#wait(path);
      try {
        const answer = await work();
        this.#downSinceMs.delete(path);
        return answer;
      } catch (caught) {
        const why = unaskedOf(caught);
        if (why === 'too_many') await this.#change(path, slowedDown);
        else if (why !== 'down' || !(await this.#mayComeUp(path))) throw caught;
      }
    }
  }

  /** Waits a little. False when the platform has been down longer than DOWN_WAIT_MS, or time is up. */
  async #mayComeUp(path: PacePath): Promise<boolean> {
    const { clock, pause } = this.#ports;
    const sinceMs = this.#downSinceMs.get(path) ?? clock.now();
    this.#downSinceMs.set(path, sinceMs);
    if (clock.now() >= sinceMs + DOWN_WAIT_MS || !this.#hasTime()) return false;
    await pause(SECOND_MS);
    return true;
  }

  async #wait(path: PacePath): Promise<void> {
    const { clock, pause } = this.#ports;
    const { wanted } = this.#held;
    const want = (more: number) => wanted.set(path, (wanted.get(path) ?? 0) + more);
    want(1);
    const atMs = await this.#next(path).finally(() => want(-1));
    if (atMs === null) throw fail('pay.unavailable', { detail: `no turn for ${path}`, unasked: 'pace' });
    if (atMs > clock.now()) await pause(Math.ceil(atMs - clock.now()));
  }

  /** The next turn that is not gone; null when time is up. */
  async #next(path: PacePath): Promise<number | null> {
    while (this.#hasTime()) {
      const atMs = this.#held.turnsAtMs.get(path)?.shift();
      if (atMs === undefined) await this.#take(path);
      else if (atMs >= this.#ports.clock.now() - GONE_AFTER_MS) return atMs;
    }
    return null;
  }

  #take(path: PacePath): Promise<void> {
    const { taking } = this.#held;
    const own = taking.get(path) ?? this.#takeMore(path).finally(() => taking.delete(path));
    taking.set(path, own);
    return own;
  }

  async #takeMore(path: PacePath): Promise<void> {
    const wanted = this.#isLong ? Number.POSITIVE_INFINITY : (this.#held.wanted.get(path) ?? 1);
    let turnsAtMs: readonly number[] = [];
    await this.#change(path, (before, full, now) => {
      const taken = takeTurns(before, { full, now, urgency: this.#urgency, wanted });
      turnsAtMs = taken.turnsAtMs;
      return taken.pace;
    });
    this.#held.turnsAtMs.set(path, [...turnsAtMs]);
    if (turnsAtMs.length === 0) await this.#ports.pause(LOOK_AGAIN_MS);
  }

  #change(path: PacePath, how: (before: Pace, full: number, now: ReturnType<Ports['clock']['now']>) => Pace) {
    const { database, clock, settings } = this.#ports;
    return database.tx(async (tx) => {
      const found = await paces.find(tx, path);
      const before = found ?? newPace(path);
      const after = how(before, settings.paces[path], clock.now());
      await paces.save(tx, found, after);
    });
  }
}

function pacedWxpay(rail: WxpayRail, turns: Turns): WxpayRail {
  const { reportDelivery } = rail;
  return {
    ...rail,
    query: (asked) => turns.inTurn('wxpay.query', 1, () => rail.query(asked)),
    close: (orderId) => turns.inTurn('wxpay.close', 1, () => rail.close(orderId)),
    refund: (asked) => turns.inTurn('wxpay.refund', 1, () => rail.refund(asked)),
    queryRefund: (asked) => turns.inTurn('wxpay.queryRefund', 1, () => rail.queryRefund(asked)),
    bill: (days) => turns.inTurn('wxpay.bill', 1, () => rail.bill(days)),
    reportDelivery:
      reportDelivery === null
        ? null
        : (delivery) => turns.inTurn('wechat.shipping', 1, () => reportDelivery(delivery)),
  };
}

function pacedXpay(rail: XpayRail, turns: Turns): XpayRail {
  return {
    ...rail,
    query: (asked) => turns.inTurn('xpay.order', 1, () => rail.query(asked)),
    // It queries the payment and the refund before it asks for the refund.
    refund: (asked) => turns.inTurn('xpay.order', 3, () => rail.refund(asked)),
    queryRefund: (asked) => turns.inTurn('xpay.order', 1, () => rail.queryRefund(asked)),
    bill: (days) => turns.inTurn('xpay.bill', 1, () => rail.bill(days)),
  };
}

function pacedSafety(safety: Safety, turns: Turns): Safety {
  return {
    checkText: (asked) => turns.inTurn('wechat.checkText', 1, () => safety.checkText(asked)),
    checkMedia: (asked) => turns.inTurn('wechat.checkMedia', 1, () => safety.checkMedia(asked)),
  };
}

function pacedMessages({ send }: Messages, turns: Turns): Messages {
  return { send: (asked) => turns.inTurn('wechat.message', 1, () => send(asked)) };
}

/**
 * The ports with rate-limited rails, checks and messages: at the configured pace, and at half of it once a platform has
 * said that we call too often. All processes share the pace. A call waits for its turn while there is time. It is for
 * background work only; calls that a buyer waits for are not paced.
 */
export function paced<P extends PacingPorts>(ports: P, asked: Omit<Pacing, 'isLong'>): P & Paced {
  return inTurns(ports, { ...asked, isLong: true });
}

function inTurns<P extends PacingPorts>(ports: P, asked: Pacing): P & Paced {
  const turns = new Turns(ports, asked);
  const { wxpay, xpay } = ports.rails;
  return {
    ...ports,
    safety: pacedSafety(ports.safety, turns),
    messages: pacedMessages(ports.messages, turns),
    rails: { wxpay: pacedWxpay(wxpay, turns), xpay: xpay === null ? null : pacedXpay(xpay, turns) },
  };
}

/** How long one effect waits for its turn before it is postponed. A process waits with it. */
const TURN_WAIT_MS = 5 * SECOND_MS;

/** As `paced`, for one effect of something that has just happened. */
export function pacedBriefly<P extends PacingPorts>(ports: P): P & Paced {
  const untilAtMs = ports.clock.now() + TURN_WAIT_MS;
  return inTurns(ports, { urgency: 'fresh', hasTime: () => ports.clock.now() < untilAtMs, isLong: false });
}
