import * as cases from '../data/cases.ts';
import type { PaymentNews, Ports } from '../ports.ts';
import { fen, type OrderId, type TimeMs, type UserId } from '../schemas/base.ts';

/**
 * Takes back what an order gave when the platform has given the money back without being asked by us (Apple does).
 * `news` is what the rail says of the payment, with `hasRefunds`. Safe to repeat.
 */
export async function takeBackByPlatform(
  ports: Pick<Ports, 'database'>,
  asked: { readonly orderId: OrderId; readonly userId: UserId; readonly news: PaymentNews },
  at: { readonly now: TimeMs; readonly requestId: string },
): Promise<void> {
  const { orderId, userId, news } = asked;
  await ports.database.tx((tx) =>
    cases.open(
      tx,
      {
        kind: 'platform_refund',
        cause: news.transactionId,
        story: '平台未经我们申请已向用户退款，请核对订单并收回权益。',
        orderId,
        userId,
        transactionId: news.transactionId,
        amountFen: fen(news.totalFen),
      },
      at.now,
    ),
  );
}
