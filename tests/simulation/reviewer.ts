/** A member of staff who reviews what people write, in every queue. */
import { MINUTE_MS, SECOND_MS } from '../../shared/schemas/base.ts';
import type { ReviewDecision } from '../../shared/schemas/review/review.ts';
import { type ReviewItem, ReviewPage } from '../../shared/schemas/review/reviewItem.ts';
import { type Kernel, Process } from './kernel.ts';
import type { Answer, Asked } from './person.ts';
import { fileIn, isRisky, type Talk } from './talker.ts';

/** The surroundings of a reviewer. */
export interface Reviewing {
  readonly kernel: Kernel;
  readonly call: (process: Process, asked: Asked) => Promise<Answer | null>;
  readonly token: string;
  readonly talk: Talk;
}

/** The reviewer. `live` ends only with the run. */
export class Reviewer {
  readonly #process: Process;
  readonly #given: Reviewing;

  constructor(name: string, given: Reviewing) {
    this.#process = new Process(name);
    this.#given = given;
  }

  async live(): Promise<never> {
    const { kernel } = this.#given;
    for (;;) {
      await kernel.step(this.#process, 'looks', kernel.between(30 * SECOND_MS, 4 * MINUTE_MS));
      for (const kind of ['content_review', 'content_flagged', 'appeal']) {
        const answer = await this.#call('GET', `/api/admin/reviews?kind=${kind}`);
        if (answer?.status !== 200) continue;
        for (const item of ReviewPage.parse(answer.data).items) await this.#decide(item);
      }
    }
  }

  #call(method: Asked['method'], path: string, body?: unknown): Promise<Answer | null> {
    const { call, token } = this.#given;
    return call(this.#process, { method, path, body, token, address: '203.0.113.251' });
  }

  async #decide({ written }: ReviewItem): Promise<void> {
    const { kernel, talk } = this.#given;
    if (written === null || kernel.chance(0.1)) return;
    const { target, review, newest, shown } = written;
    const isQueued = review.state === 'queued';
    const looked = (isQueued ? newest : shown) ?? newest;
    const files = looked.imageUrls.map((url) => talk.files.get(fileIn(url)) ?? '违规：没有文件');
    const isBad = [looked.body, ...files].some(isRisky) || kernel.chance(0.3);
    const decision: ReviewDecision = isQueued ? (isBad ? 'reject' : 'approve') : isBad ? 'remove' : 'keep';
    if (!isBad) talk.approved.add(looked.body);
    const body = { target, version: review.version, decision, reason: '看过了' };
    const click = () => this.#call('POST', '/api/admin/reviews/decide', body);
    await Promise.all(kernel.chance(0.3) ? [click(), click()] : [click()]);
  }
}
