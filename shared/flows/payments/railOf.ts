import { fail } from '../../errors.ts';
import type { Rails } from '../../ports/ports.ts';
import type { PayRail } from '../../ports/rail.ts';
import type { Rail } from '../../schemas/orders/order.ts';

/**
 * The rail of that name.
 * @throws pay.unavailable when this shop does not have it, and for `zero`, which moves no money
 */
export function railOf(rails: Rails, name: Rail): PayRail {
  const rail = name === 'zero' ? null : rails[name];
  if (rail === null) throw fail('pay.unavailable', { detail: `no rail ${name}` });
  return rail;
}
