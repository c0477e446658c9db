import * as z from 'zod';
import * as couponStocks from '../../../shared/data/coupons/couponStocks.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as drops from '../../../shared/data/talk/drops.ts';
import { publishDrop as open, staffDropView } from '../../../shared/domain/talk/drop.ts';
import { stockOf } from '../../../shared/flows/talk/closeDrop.ts';
import { http } from '../../../shared/function.ts';
import { DropId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { StaffDropView } from '../../../shared/schemas/talk/drop.ts';

/**
 * Opens a drop for as many hours as it says, and sets its coupons aside in the stock of its template. Safe to repeat.
 *
 * The value was counted when finance published the template with its stock, and is not counted again.
 */
export const publishDrop = http(
  {
    route: 'POST /api/admin/drops/{id}/publish',
    auth: { may: 'drop.publish', secondFactor: 'fresh' },
    input: z.strictObject({ id: DropId, reason: Reason }),
    output: z.object({ drop: StaffDropView }),
    errors: ['drop.not_found', 'drop.not_publishable'],
  },
  async ({ input: { id, reason }, user, now, ports: { database }, requestId }) => {
    const drop = await database.tx(async (tx) => {
      const before = await drops.get(tx, id);
      const template = await couponTemplates.get(tx, before.templateId);
      const stocks = await stockOf(tx, template.id);
      const after = open(before, { template, stocks }, now);
      if (after.stocks === null) return staffDropView(before, stocks);
      await drops.save(tx, before, after.drop);
      for (const [index, stock] of after.stocks.entries())
        await couponStocks.save(tx, stocks[index] ?? null, stock);
      await audit.append(tx, {
        ...{ id: `drop.publish:${id}`, actorId: user.id, action: 'drop.publish', target: id },
        ...{ reason, before, after: after.drop, now, requestId },
      });
      return staffDropView(after.drop, after.stocks);
    });
    return { drop };
  },
);
