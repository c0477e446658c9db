import { orderPaid } from '../events/orderPaid.ts';
import * as points from '../shared/data/points.ts';
import { applyEntry, earned } from '../shared/domain/points.ts';
import { consumer } from '../shared/function.ts';

/** Gives a buyer the points a paid order earns. An order of less than one yuan earns no line at all. */
export const accruePoints = consumer({ on: orderPaid }, async ({ data, tx, now }) => {
  const move = earned(data);
  if (move === null) return;
  const account = await points.findAccount(tx, data.userId);
  await points.append(tx, account, applyEntry(account, move, now));
});
