import type { Client } from '../../client/client.ts';

const ORDER_ID = 'ord_01JD0000000000000000000000';

/** Never run: code that the compiler must accept, and lines that it must refuse. */
export async function typed(client: Client): Promise<readonly unknown[]> {
  const { order } = await client.getOrder({ orderId: ORDER_ID });
  const state: 'pending' | 'closing' | 'closed' | 'paid' = order.state;
  const paidAtMs: number | null = order.paidAtMs;
  const page = await client.listCourses({ sort: 'newest', limit: 10 });
  const title: string | undefined = page.items[0]?.title;
  return [
    state,
    paidAtMs,
    title,
    client.getMe(),
    // @ts-expect-error an input that is missing
    client.getOrder(),
    // @ts-expect-error a key that no contract names
    client.getOrder({ orderId: ORDER_ID, priceFen: 1 }),
    // @ts-expect-error not one of the sorts
    client.listCourses({ sort: 'cheapest' }),
    // @ts-expect-error money is a number
    client.createOrder({ orderId: ORDER_ID, lines: [], couponId: null, shownFen: '1' }),
    // @ts-expect-error an answer has no such field
    order.priceFen,
    // @ts-expect-error a callback is not for clients
    client.payNotify,
  ];
}
