/** The rules for shares, recomputed from a store's raw documents alone. */
import type { AuditedStore, Says } from './auditedStore.ts';

/**
 * Checks that a share's token leads to it and its parents to an end, that what came of it is what is counted, and that
 * each paid order of somebody who came by a share is noted there, with what is left of its money.
 */
export function auditShares(store: AuditedStore, says: Says): void {
  const tokens = new Map(
    store.all('shareTokens').map(({ id, userId, target }) => [id, `${userId}:${target}`]),
  );
  const byToken = new Map(store.all('shares').map((share) => [share.token, share]));
  const counted = new Map<string, number[]>();
  const add = (token: string, numbers: readonly number[]) => {
    const before = counted.get(token) ?? [0, 0, 0, 0, 0];
    counted.set(
      token,
      before.map((number, at) => number + (numbers[at] ?? 0)),
    );
  };
  for (const { token, days, daysCounted, isRegistration, isCounted, id: about } of store.all('visits')) {
    says('share', about, isCounted === (days === daysCounted), `${days} days, ${daysCounted} counted`);
    const isIn = Number(daysCounted > 0);
    add(token, [daysCounted, isIn, isIn * Number(isRegistration), 0, 0]);
  }
  const orders = new Map(store.all('orders').map((order) => [order.id, order]));
  const sales = new Map(store.all('sales').map((sale) => [sale.id, sale]));
  for (const { id: about, token, netFen, netCountedFen, isCounted } of sales.values()) {
    says('sale', about, isCounted === (netFen === netCountedFen), `${netFen} fen, ${netCountedFen} counted`);
    add(token, [0, 0, 0, Number(netCountedFen > 0), netCountedFen]);
    const order = orders.get(about);
    says('sale', about, order?.touch?.token === token, 'is of no order by that share');
    const leftFen = (order?.payableFen ?? 0) - (order?.refundedFen ?? 0);
    says('sale', about, netFen === leftFen, `says ${netFen} fen, ${leftFen} are left of the order`);
  }
  for (const { id: about, touch, state, payableFen } of orders.values()) {
    const isSold = touch !== null && state === 'paid' && payableFen > 0;
    says('sale', about, !isSold || sales.has(about), 'was paid by a share, and is not noted there');
  }
  for (const { id: about, userId, token, parentToken, depth, ...share } of byToken.values()) {
    says('share', about, tokens.get(token) === about, `its token leads to ${tokens.get(token)}`);
    const parent = parentToken === null ? null : byToken.get(parentToken);
    const must = parent === null ? 0 : Math.min(10, (parent?.depth ?? Number.NaN) + 1);
    says('share', about, depth === must && parent?.userId !== userId, `is at ${depth}, must be at ${must}`);
    const is = [share.visits, share.people, share.registrations, share.orders, share.netFen];
    const all = counted.get(token) ?? [0, 0, 0, 0, 0];
    says('share', about, String(is) === String(all), `counts ${is}, there are ${all}`);
  }
  says('share', 'tokens', tokens.size === byToken.size, `${tokens.size} tokens of ${byToken.size} shares`);
}
