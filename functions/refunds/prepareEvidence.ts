import { appleCharged } from '../../events/appleCharged.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import * as evidence from '../../shared/data/refunds/evidence.ts';
import { newEvidence } from '../../shared/domain/refunds/evidence.ts';
import { consumer } from '../../shared/function.ts';

/** Prepares the evidence that Apple gets if it asks about an order. Only orders paid through Apple need it. */
export const prepareEvidence = consumer({ on: appleCharged }, async ({ data, tx }) => {
  const prepared = newEvidence(await orders.get(tx, data.orderId), data.paidAtMs);
  if (prepared !== null) await evidence.insert(tx, prepared);
});
