import * as products from '../../data/catalogue/products.ts';
import * as questions from '../../data/questions/questions.ts';
import { expertView, OPEN_MAX } from '../../domain/questions/expert.ts';
import type { Reader } from '../../ports/database.ts';
import { fen, type TimeMs } from '../../schemas/base.ts';
import type { Expert, ExpertView } from '../../schemas/questions/expert.ts';

/** Experts as everybody sees them, with the price that holds now. Those whose offer is not in force are left out. */
export async function showExperts(
  reader: Reader,
  some: readonly Expert[],
  now: TimeMs,
): Promise<ExpertView[]> {
  const [sold, open] = await Promise.all([
    products.findMany(
      reader,
      some.map(({ productId }) => productId),
    ),
    Promise.all(some.map(({ id }) => questions.countOpen(reader, id, OPEN_MAX))),
  ]);
  const priceOf = new Map(sold.map(({ id, listFen }) => [id, listFen]));
  return some.flatMap((expert, index) => {
    const priceFen = priceOf.get(expert.productId) ?? fen(0);
    return expertView(expert, { priceFen, open: open[index] ?? 0, now }) ?? [];
  });
}
