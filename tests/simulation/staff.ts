/** A member of staff who refunds: decides about refunds, makes some unasked, and retries failed ones. */

import * as z from 'zod';
import type { Ids } from '../../shared/ports/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/schemas/base.ts';
import { CasePage } from '../../shared/schemas/operations/case.ts';
import { StaffRefundPage } from '../../shared/schemas/refunds/refund.ts';
import { type Kernel, Process } from './kernel.ts';
import type { Answer, Asked } from './person.ts';

const Looked = z.object({
  order: z.object({ lines: z.array(z.object({ productId: z.string(), paidFen: z.int() })) }),
});

/** The surroundings of staff. */
export interface Office {
  readonly kernel: Kernel;
  readonly call: (process: Process, asked: Asked) => Promise<Answer | null>;
  readonly ids: Ids;
  readonly token: string;
  /** Orders whose buyers got the parameters to pay them. */
  readonly handed: ReadonlySet<string>;
  readonly asked: Set<string>;
  /** Refunds by hand at the merchant's console: a share of what is left; 1 for all of it. */
  readonly refundByHand: (orderId: string, share: number) => void;
  /** Deals with the order's refunds by hand. Returns whether all of them have failed. */
  readonly settleByHand: (orderId: string) => boolean;
  /** Whether nothing new is to be started. */
  readonly isLate: () => boolean;
}

/** The member of staff. `live` ends only with the run. */
export class Clerk {
  readonly #process: Process;
  readonly #office: Office;

  constructor(name: string, office: Office) {
    this.#process = new Process(name);
    this.#office = office;
  }

  async live(): Promise<never> {
    const { kernel, isLate } = this.#office;
    for (;;) {
      await kernel.step(this.#process, 'looks', kernel.between(30 * SECOND_MS, 3 * MINUTE_MS));
      await this.#decide();
      await this.#tryAgain();
      if (isLate()) await this.#release();
      else if (kernel.chance(0.3)) await this.#giveSome();
    }
  }

  #call(method: Asked['method'], path: string, body?: unknown): Promise<Answer | null> {
    const { call, token } = this.#office;
    return call(this.#process, { method, path, body, token, address: '203.0.113.250' });
  }

  async #inState(state: string) {
    const answer = await this.#call('GET', `/api/admin/refunds?state=${state}`);
    return answer?.status === 200 ? StaffRefundPage.parse(answer.data).items : [];
  }

  async #decide(): Promise<void> {
    const { kernel } = this.#office;
    for (const { id } of await this.#inState('requested')) {
      const verdict = kernel.chance(0.7) ? 'approve' : 'reject';
      const times = kernel.chance(0.3) ? 2 : 1;
      const decide = () => this.#call('POST', `/api/admin/refunds/${id}/${verdict}`, { reason: '同意' });
      await Promise.all(Array.from({ length: times }, decide));
    }
  }

  async #tryAgain(): Promise<void> {
    for (const { id, lines } of await this.#inState('closed')) {
      if (lines.length === 0)
        await this.#call('POST', `/api/admin/refunds/${id}/retry`, { reason: '再退一次' });
    }
  }

  /** Lets refunds continue that are held because of a refund by hand that has failed. */
  async #release(): Promise<void> {
    const { settleByHand } = this.#office;
    const answer = await this.#call('GET', '/api/admin/cases?state=open&kind=platform_refund');
    if (answer?.status !== 200) return;
    for (const { id, orderId, refundId } of CasePage.parse(answer.data).items) {
      if (!id.endsWith(':held') || orderId === null || !settleByHand(orderId)) continue;
      await this.#call('POST', `/api/admin/refunds/${refundId}/resume`, { reason: '手工退款已失败' });
    }
  }

  /**
   * Refunds a part of a line of some order, perhaps with its access. Sometimes it does so at the merchant's console.
   */
  async #giveSome(): Promise<void> {
    const { kernel, handed, ids, asked, refundByHand } = this.#office;
    if (handed.size === 0) return;
    const orderId = kernel.pick([...handed]);
    if (kernel.chance(0.25)) {
      refundByHand(orderId, kernel.chance(0.5) ? 1 : kernel.random());
      return;
    }
    const answer = await this.#call('GET', `/api/admin/orders/${orderId}`);
    if (answer?.status !== 200) return;
    const line = kernel.pick(Looked.parse(answer.data).order.lines);
    const refundId = ids.make('rfd');
    asked.add(refundId);
    const lines = [
      {
        productId: line.productId,
        refundFen: kernel.between(0, line.paidFen),
        takesAccess: kernel.chance(0.5),
      },
    ];
    const body = { refundId, lines, reason: '补偿' };
    const click = () => this.#call('POST', `/api/admin/orders/${orderId}/refunds`, body);
    await Promise.all(kernel.chance(0.3) ? [click(), click()] : [click()]);
  }
}
