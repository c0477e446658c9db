/** Somebody with a phone: they log in, call the product, and are impatient. */
import { SECOND_MS } from '../../shared/schemas/base.ts';
import { LoginView } from '../../shared/schemas/identity/user.ts';
import type { PhonePaymentView } from '../../shared/schemas/payments/payment.ts';
import type { Phone as Held } from './faults.ts';
import { type Kernel, Process } from './kernel.ts';
import type { Promises } from './promises.ts';

/** An answer to the phone. `code` is null for success. */
export interface Answer {
  readonly status: number;
  readonly code: string | null;
  /** The data, or the parameters of a refusal. */
  readonly data: unknown;
}

/** What a phone can do. */
export interface Phone {
  /** Calls the product; null when no answer came. */
  call(process: Process, asked: Asked): Promise<Answer | null>;
  /** The code of `wx.login`. */
  loginCode(name: string): string;
  /** What the phone answers to a request to pay. */
  pay(name: string, held: Held, payment: PhonePaymentView, how: 'confirm' | 'dismiss'): string;
  /** Other things that can happen to an order that was paid virtually. */
  interfere(orderNumber: string, how: 'refund' | 'inquire' | 'complain'): void;
}

/** A call from a phone. */
export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly token: string | null;
  readonly address: string;
}

/** The surroundings of somebody. */
export interface Surrounded {
  readonly kernel: Kernel;
  readonly phone: Phone;
  readonly promises: Promises;
  readonly address: string;
}

/** How often a call is repeated. */
export const TRIES_MAX = 6;

/** Somebody with a phone. */
export class Person {
  readonly process: Process;
  protected token: string | null = null;
  #userId = '';
  readonly #given: Surrounded;

  constructor(
    readonly name: string,
    given: Surrounded,
  ) {
    this.process = new Process(name);
    this.#given = given;
  }

  get userId(): string {
    return this.#userId;
  }

  protected wait(fromAtMs: number, toMs: number): Promise<void> {
    const delayMs = this.#given.kernel.chance(0.3) ? 0 : this.#given.kernel.between(fromAtMs, toMs);
    return this.#given.kernel.step(this.process, 'waits', delayMs);
  }

  protected call(method: Asked['method'], path: string, body?: unknown): Promise<Answer | null> {
    return this.#given.phone.call(this.process, {
      method,
      path,
      body,
      token: this.token,
      address: this.#given.address,
    });
  }

  /** Retries until the answer is not "later", or patience ends. */
  protected async insist(method: Asked['method'], path: string, body?: unknown): Promise<Answer | null> {
    let answer: Answer | null = null;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      answer = await this.call(method, path, body);
      if (answer !== null && answer.status < 500 && answer.status !== 429) return answer;
      await this.wait(SECOND_MS, 20 * SECOND_MS);
    }
    return answer;
  }

  protected async login(): Promise<boolean> {
    for (let tries = 0; tries < 2 * TRIES_MAX; tries += 1) {
      const code = this.#given.phone.loginCode(this.name);
      const answer = await this.call('POST', '/api/login', { code });
      if (answer?.status === 200) {
        const { token, user } = LoginView.parse(answer.data);
        this.token = token;
        this.#userId = user.id;
        this.#given.promises.registered(user.id);
        return true;
      }
      await this.wait(SECOND_MS, 30 * SECOND_MS);
    }
    return false;
  }
}
