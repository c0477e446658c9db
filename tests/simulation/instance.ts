/** One running copy of the product, with its own cache, clock, randomness and connections, on the shared database. */

import { databaseAttempts } from '../../shared/adapters/database/attempts.ts';
import type { Send } from '../../shared/adapters/http/request.ts';
import { memoryCache } from '../../shared/adapters/process/cache.ts';
import { keySecrets } from '../../shared/adapters/process/secrets.ts';
import { consumers } from '../../shared/consumers.ts';
import * as attempts from '../../shared/data/identity/attempts.ts';
import type { AnyFunction } from '../../shared/function.ts';
import type { Bus, Ring } from '../../shared/ports/bus.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Database } from '../../shared/ports/database.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { type Consumer, runConsumer } from '../../shared/runtime/consumer.ts';
import { endpointsOf } from '../../shared/runtime/endpoints.ts';
import type { HttpRequest, HttpResponse } from '../../shared/runtime/exchange.ts';
import { createRouter, type Router } from '../../shared/runtime/router.ts';
import { runTimer } from '../../shared/runtime/timer.ts';
import { MINUTE_MS, SECOND_MS, timeMs } from '../../shared/schemas/base.ts';
import type { Templates } from '../../shared/schemas/inbox/template.ts';
import { endlessTurn } from '../support/clock.ts';
import { seededIds } from '../support/ids.ts';
import { defaultSettings } from '../support/settings.ts';
import { type Faults, SLOW_MS_MAX, STALL_MS_MAX } from './faults.ts';
import { type Kernel, Process } from './kernel.ts';
import { SHOP_URL } from './rail.ts';
import { steppedDatabase } from './steppedDatabase.ts';

/** What all instances share. */
export interface Surroundings {
  readonly kernel: Kernel;
  /** The present faults: none once the end has begun. */
  readonly faults: () => Faults;
  readonly database: () => Database;
  readonly functions: Readonly<Record<string, AnyFunction>>;
  /** WeChat's side of a call from an instance. Rejects when no answer comes. */
  readonly travel: (instance: Instance, request: Parameters<Send>[0]) => ReturnType<Send>;
  readonly connect: (
    send: Send,
    clock: Clock,
    ids: Ids,
  ) => Pick<Ports, 'wechat' | 'safety' | 'messages' | 'rails' | 'push'>;
  /** Wraps the ports with a planted bug. */
  readonly plant: (ports: Ports) => Ports;
  /** The ports as one function gets them, by its name. */
  readonly portsFor: (name: string, ports: Ports) => Ports;
  /** Delivers a ring to an instance that the broker picks. */
  readonly deliver: (consumer: string, eventId: string) => void;
  /** The templates by which messages are sent outside. */
  readonly templates: Templates;
  /** A file in the storage; null when there is none. */
  readonly file: (key: string) => Uint8Array | null;
  readonly log: (record: Readonly<Record<string, unknown>>) => void;
}

/**
 * Never resolves. It makes a new promise each time, because a shared one would keep everything alive that ever waited
 * for it.
 */
const never = () => new Promise<never>(() => {});

/** A copy of the product that runs until it is killed. */
export class Instance {
  readonly process: Process;
  readonly #around: Surroundings;
  readonly #ports: Ports;
  readonly #router: Router;
  readonly #waiting = new Set<() => void>();

  constructor(name: string, skewMs: number, around: Surroundings) {
    const { kernel, functions } = around;
    this.process = new Process(name);
    this.#around = around;
    const clock: Clock = { now: () => timeMs(kernel.now() + skewMs) };
    const ids = seededIds(clock, kernel.random);
    const step = (label: string) => this.step(label, this.#latencyMs());
    const database = steppedDatabase(around.database, step);
    const secrets = keySecrets(Buffer.alloc(32, 2).toString('base64'));
    const memory = memoryCache({ clock, random: kernel.random });
    this.#ports = around.plant({
      ...around.connect((request) => around.travel(this, request), clock, ids),
      database,
      bus: this.#bus(),
      cache: memory,
      memory,
      attempts: databaseAttempts({ database, collection: attempts.collection, secrets, clock }),
      clock,
      pause: (ms) => this.step('waits for its turn', ms),
      loop: endlessTurn,
      ids,
      secrets,
      files: {
        signedUrl: async (key, untilAtMs) => `https://media.example.com/${key}?until=${untilAtMs}`,
        publicUrl: (key) => `https://media.example.com/${key}`,
        uploadLink: async ({ key }) => ({ url: `https://media.example.com/${key}`, headers: {} }),
        find: never,
        remove: never,
        read: async (key) => around.file(key),
      },
      passwords: { hash: never, verify: never },
      log: { write: (level, record) => around.log({ level, instance: name, ...record }) },
      settings: { ...defaultSettings, publicUrl: SHOP_URL, templates: around.templates },
    });
    this.#router = createRouter(endpointsOf(functions));
    this.process.onKill(() => {
      for (const hangUp of this.#waiting) hangUp();
    });
  }

  /** Waits for the kernel, and may die there. */
  async step(label: string, delayMs = 0): Promise<void> {
    const { kernel, faults } = this.#around;
    await kernel.step(this.process, label, delayMs);
    if (kernel.chance(faults().stall)) {
      await kernel.step(this.process, 'stands still', kernel.between(1, STALL_MS_MAX));
    }
    if (kernel.chance(faults().kill)) {
      kernel.note(`${this.process.name} dies`);
      this.process.kill();
      await never();
    }
  }

  /** Answers a request; null when the instance dies before the answer is sent. */
  serve(request: HttpRequest): Promise<HttpResponse | null> {
    return new Promise((resolve) => {
      const hangUp = () => resolve(null);
      if (!this.process.isAlive) return hangUp();
      this.#waiting.add(hangUp);
      this.#around.kernel.start(async () => {
        await this.step(`serve ${request.method} ${request.path}`);
        const found = this.#router.find(request.method, request.path);
        const response = await this.#router.answer(request, this.#portsFor(found.endpoint.name), found);
        this.#waiting.delete(hangUp);
        resolve(response);
      });
    });
  }

  #portsFor(name: string): Ports {
    return this.#around.portsFor(name, this.#ports);
  }

  #consumerOf(name: string): Consumer {
    const own = this.#around.functions[name];
    if (own?.kind !== 'consumer' && own?.kind !== 'outward') throw new Error(`no consumer ${name}`);
    return own;
  }

  /** Runs a consumer for an event, as the broker does. Its failure is in the log and in its task. */
  consume(name: string, eventId: string): void {
    const own = this.#consumerOf(name);
    this.#around.kernel.start(async () => {
      await this.step(`consume ${name} ${eventId}`);
      await runConsumer(name, own, eventId, this.#portsFor(name)).catch(() => 'told');
    });
  }

  /** Runs a timer once. Its failure is in the log. */
  tick(name: string): void {
    const own = this.#around.functions[name];
    if (own?.kind !== 'timer') throw new Error(`no timer ${name}`);
    this.#around.kernel.start(async () => {
      await this.step(`tick ${name}`);
      const host = { consumerOf: (each: string) => this.#consumerOf(each) };
      await runTimer(name, own, this.#portsFor(name), host).catch(() => 'told');
    });
  }

  #latencyMs(): number {
    const { kernel, faults } = this.#around;
    return kernel.chance(faults().slow) ? kernel.between(1, SLOW_MS_MAX) : 0;
  }

  /** The broker as this instance uses it. Rings that are not delivered yet die with the instance. */
  #bus(): Bus {
    const { kernel, faults, deliver } = this.#around;
    const ring = ({ topic, eventId }: Ring) => {
      for (const consumer of consumers[topic] ?? []) {
        const { ringLost, ringTwice, ringLate } = faults();
        if (kernel.chance(ringLost)) continue;
        for (let times = kernel.chance(ringTwice) ? 2 : 1; times > 0; times -= 1) {
          const delayMs = kernel.chance(ringLate)
            ? kernel.between(SECOND_MS, 5 * MINUTE_MS)
            : kernel.between(0, 50);
          kernel.after(this.process, delayMs, `ring ${consumer} ${eventId}`, () =>
            deliver(consumer, eventId),
          );
        }
      }
    };
    return {
      ring: async (rings) => {
        await this.step('ring');
        rings.forEach(ring);
      },
    };
  }
}
