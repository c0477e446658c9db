import * as usages from '../../data/access/usages.ts';
import * as evidence from '../../data/refunds/evidence.ts';
import { GENERAL_ANSWER, type InquiryAnswer, inquiryAnswer } from '../../domain/refunds/evidence.ts';
import type { Ports } from '../../ports/ports.ts';

/** Apple waits three seconds. Half of them are left for the network. */
const DEADLINE_MS = 1_500;

async function known(ports: Pick<Ports, 'database'>, orderId: string): Promise<InquiryAnswer> {
  const prepared = await evidence.find(ports.database, orderId);
  if (prepared === null) return inquiryAnswer(null, null);
  return inquiryAnswer(prepared, await usages.find(ports.database, prepared.userId, prepared.productId));
}

/**
 * Answers Apple's question about an order from two small documents. When they do not arrive in time it gives the
 * general answer, because no answer would be worse than one without details.
 */
export async function answerInquiry(
  ports: Pick<Ports, 'database' | 'log'>,
  orderId: string,
): Promise<InquiryAnswer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<InquiryAnswer>((resolve) => {
    timer = setTimeout(() => resolve(GENERAL_ANSWER), DEADLINE_MS);
  });
  const answer = await Promise.race([
    known(ports, orderId).catch((caught: unknown) => {
      ports.log.write('error', { inquiryFailed: String(caught), orderId });
      return GENERAL_ANSWER;
    }),
    late,
  ]);
  clearTimeout(timer);
  return answer;
}
