/**
 * The auditor of the bars: it judges raw documents against the books of the simulated platforms. It imports nothing of
 * the product, and uses no figure that the product computed.
 */

type Doc = Readonly<Record<string, unknown>>;

/** A document of a raw export. */
export interface Row {
  readonly collection: string;
  readonly id: string;
  readonly doc: unknown;
}

/** The books of both platforms, with the fields that are judged. Money in fen. */
export interface Books {
  readonly transactions: readonly {
    readonly orderNumber: string;
    readonly transactionId: string;
    readonly totalFen: number;
  }[];
  readonly refunds: readonly {
    readonly transactionId: string;
    readonly refundFen: number;
    readonly isSuccess: boolean;
  }[];
}

const text = (doc: Doc | undefined, field: string): string => String(doc?.[field] ?? '');
const number = (doc: Doc | undefined, field: string): number => Number(doc?.[field] ?? 0);
const list = (doc: Doc | undefined, field: string): readonly Doc[] => {
  const value = doc?.[field];
  return Array.isArray(value) ? value : [];
};
const sum = (numbers: readonly number[]): number => numbers.reduce((before, one) => before + one, 0);

/** The states of refunds whose money has gone back, or is on its way. */
const BACK = ['approved', 'processing', 'abnormal', 'success'];

/** The documents of an export, by collection and id. */
export class Export {
  readonly #collections = new Map<string, Map<string, Doc>>();

  static async of(rows: AsyncIterable<Row>): Promise<Export> {
    const made = new Export();
    for await (const { collection, id, doc } of rows) {
      const docs = made.#collections.get(collection) ?? new Map<string, Doc>();
      docs.set(id, doc as Doc);
      made.#collections.set(collection, docs);
    }
    return made;
  }

  all(collection: string): readonly Doc[] {
    return [...(this.#collections.get(collection)?.values() ?? [])];
  }

  find(collection: string, id: string): Doc | undefined {
    return this.#collections.get(collection)?.get(id);
  }
}

/** I1: every journal entry sums to 0 and has whole fen only. */
function journal(store: Export): string[] {
  return store
    .all('journal')
    .filter((entry) => sum((entry.lines as [string, number][]).map(([, amount]) => amount)) !== 0)
    .map((entry) => `I1: ${text(entry, 'id')} does not sum to 0`);
}

/** I2: an account equals its ledger and its lots, and no balance is negative. */
function points(store: Export): string[] {
  const sums = new Map<string, number>();
  for (const entry of store.all('pointsEntries')) {
    for (const [account, amount] of entry.postings as [string, number][]) {
      const key = `${text(entry, 'userId')} ${account}`;
      sums.set(key, (sums.get(key) ?? 0) + amount);
    }
  }
  return store.all('pointsAccounts').flatMap((account) => {
    const user = text(account, 'id');
    const available = number(account, 'available');
    const of = (name: string) => sums.get(`${user} ${name}`) ?? 0;
    const lots = sum(list(account, 'lots').map((lot) => number(lot, 'remaining')));
    const isRight =
      available === of('available') &&
      number(account, 'held') === of('held') &&
      number(account, 'debt') === -of('debt') &&
      available === lots &&
      Math.min(available, number(account, 'held'), number(account, 'debt')) >= 0;
    return isRight ? [] : [`I2: the points of ${user}: ${JSON.stringify(account)}`];
  });
}

/** I3, I6, I7, I11: money. A transaction has one receipt. A paid order has its money, a closed order has none left. */
function money(store: Export, books: Books): string[] {
  const wrong: string[] = [];
  const receipts = store.all('receipts');
  const backOf = (transactionId: string) =>
    sum(
      books.refunds
        .filter((one) => one.transactionId === transactionId && one.isSuccess)
        .map((one) => one.refundFen),
    );
  const anomalies = new Set(store.all('paymentExceptions').map((one) => text(one, 'transactionId')));
  const isAnomaly = (transactionId: string) => anomalies.has(transactionId);
  for (const { transactionId, totalFen, orderNumber } of books.transactions) {
    const own = receipts.filter((receipt) => text(receipt, 'transactionId') === transactionId);
    // Money that went back before we heard of it was never ours. Staff know of it, and nothing else is needed.
    const isOver = backOf(transactionId) === totalFen && isAnomaly(transactionId);
    if (own.length !== 1 && !(own.length === 0 && isOver))
      wrong.push(`I3: ${transactionId} of ${orderNumber} has ${own.length} receipts`);
    if (backOf(transactionId) > totalFen) wrong.push(`I7: too much went back of ${transactionId}`);
  }
  const known = new Set(books.transactions.map((one) => one.transactionId));
  for (const receipt of receipts) {
    const id = text(receipt, 'transactionId');
    if (!known.has(id)) wrong.push(`I3: the receipt of ${id} is of no money`);
    const isKept = text(receipt, 'kind') === 'settled';
    const isCase = store.all('cases').some((one) => text(one, 'transactionId') === id);
    if (!isKept && backOf(id) !== number(receipt, 'amountFen') && !isCase)
      wrong.push(`I6: ${id} came ${text(receipt, 'kind')} and did not go back whole`);
  }
  for (const order of store.all('orders')) {
    const id = text(order, 'id');
    const settled = receipts.filter((one) => text(one, 'orderId') === id && text(one, 'kind') === 'settled');
    const came = sum(settled.map((one) => number(one, 'amountFen')));
    const wanted = text(order, 'state') === 'paid' ? number(order, 'payableFen') : 0;
    if (came !== wanted) wrong.push(`I11: ${id} is ${text(order, 'state')} with ${came} of ${wanted} fen`);
    if (settled.length > 1) wrong.push(`I3: ${id} was settled ${settled.length} times`);
    const back = sum(settled.map((one) => backOf(text(one, 'transactionId'))));
    if (back !== number(order, 'refundedFen'))
      wrong.push(`I7: of ${id} ${back} fen went back, and ${number(order, 'refundedFen')} are written down`);
    const parts = store
      .all('refunds')
      .filter((one) => text(one, 'orderId') === id && BACK.includes(text(one, 'state')))
      .flatMap((one) => list(one, 'lines'));
    for (const line of list(order, 'lines')) {
      const its = parts.filter((part) => text(part, 'productId') === text(line, 'productId'));
      const goneFen = sum(its.map((part) => number(part, 'refundFen')));
      if (goneFen > number(line, 'paidFen'))
        wrong.push(`I7: ${goneFen} fen of ${text(line, 'productId')} in ${id} go back`);
    }
  }
  return wrong;
}

/** I3, I6, I12: access equals what paid orders give, less refunds. */
function access(store: Export): string[] {
  const wrong: string[] = [];
  const active = new Set<string>();
  for (const entitlement of store.all('entitlements')) {
    for (const source of list(entitlement, 'sources')) {
      if (text(source, 'cause') !== 'order') continue;
      const key = `${text(source, 'sourceId')} ${text(entitlement, 'productId')}`;
      const order = store.find('orders', text(source, 'sourceId'));
      if (text(source, 'state') === 'active') active.add(key);
      if (text(order, 'state') !== 'paid') wrong.push(`I6: ${key} is open, and the order is not paid`);
    }
  }
  for (const order of store.all('orders')) {
    if (text(order, 'state') !== 'paid') continue;
    const revoked = order.revoked as readonly string[];
    for (const line of list(order, 'lines')) {
      if (number(line, 'gifts') > 0 || line.plan !== null) continue;
      const key = `${text(order, 'id')} ${text(line, 'productId')}`;
      const isRevoked = revoked.includes(text(line, 'productId'));
      if (active.has(key) === isRevoked)
        wrong.push(`I12: ${key} is ${isRevoked ? 'open' : 'closed'}, and should not be`);
    }
  }
  return wrong;
}

/** I4: a coupon is used by at most one order, which names it. Stock adds up, and nobody has more than the limit. */
function coupons(store: Export): string[] {
  const wrong: string[] = [];
  for (const coupon of store.all('coupons')) {
    const state = text(coupon, 'state');
    const order = store.find('orders', text(coupon, 'orderId'));
    if (
      state === 'used' &&
      (text(order, 'state') !== 'paid' || text(order, 'couponId') !== text(coupon, 'id'))
    )
      wrong.push(`I4: ${text(coupon, 'id')} is used by ${text(coupon, 'orderId')}`);
  }
  const users = new Map<string, number>();
  for (const order of store.all('orders')) {
    const { couponId } = order;
    const isBack =
      number(order, 'refundedFen') === number(order, 'payableFen') && list(order, 'lineRefunds').length > 0;
    if (couponId === null || text(order, 'state') !== 'paid' || isBack) continue;
    users.set(String(couponId), (users.get(String(couponId)) ?? 0) + 1);
  }
  for (const [id, count] of users) if (count > 1) wrong.push(`I4: ${id} is used by ${count} orders`);
  for (const template of store.all('couponTemplates')) {
    const id = text(template, 'id');
    const shards = store.all('couponStocks').filter((one) => text(one, 'templateId') === id);
    const issued = store.all('coupons').filter((one) => text(one, 'templateId') === id).length;
    if (shards.length === 0) continue;
    const total = sum(shards.map((one) => number(one, 'remaining') + number(one, 'issued')));
    if (total !== number(template, 'stock'))
      wrong.push(`I4: ${id} has ${total} of ${number(template, 'stock')}`);
    if (issued !== sum(shards.map((one) => number(one, 'issued'))))
      wrong.push(`I4: ${id} has issued ${issued}`);
  }
  return wrong;
}

/** I5, I8: once everything has had its time, nothing is stuck. */
function rest(store: Export): string[] {
  const stuck: string[] = [];
  for (const task of store.all('tasks')) {
    if (text(task, 'state') === 'pending')
      stuck.push(`I5: ${text(task, 'id')} waits: ${text(task, 'reason')}`);
    if (text(task, 'state') === 'dead')
      stuck.push(`I5: ${text(task, 'id')} is dead: ${text(task, 'reason')}`);
  }
  for (const order of store.all('orders')) {
    if (['pending', 'closing'].includes(text(order, 'state')))
      stuck.push(`I8: ${text(order, 'id')} is ${text(order, 'state')}`);
    if (number(order, 'refundingFen') > 0) stuck.push(`I8: ${text(order, 'id')} has money on its way back`);
  }
  for (const coupon of store.all('coupons'))
    if (text(coupon, 'state') === 'locked') stuck.push(`I8: ${text(coupon, 'id')} is locked`);
  for (const account of store.all('pointsAccounts'))
    if (number(account, 'held') > 0) stuck.push(`I8: ${text(account, 'id')} has points held`);
  return stuck;
}

/** I9: the journal's cash equals what the platforms hold for us, and no debt is left without a creditor. */
function cash(store: Export, books: Books): string[] {
  const balances = new Map<string, number>();
  for (const entry of store.all('journal')) {
    for (const [account, amount] of entry.lines as [string, number][])
      balances.set(account, (balances.get(account) ?? 0) + amount);
  }
  const came = sum(books.transactions.map((one) => one.totalFen));
  const back = sum(books.refunds.filter((one) => one.isSuccess).map((one) => one.refundFen));
  // What a rail kept as a fee is no longer our cash, but it still came from its payers.
  const isOfRail = (account: string) =>
    account.startsWith('cash:') || account === 'fees' || account === 'disc:rail';
  const has = [...balances].filter(([account]) => isOfRail(account)).map(([, amount]) => amount);
  const wrong =
    sum(has) === came - back ? [] : [`I9: our cash is ${sum(has)}, the platforms' ${came - back}`];
  for (const [account, amount] of balances)
    if (account.startsWith('payable:') && amount !== 0) wrong.push(`I9: ${account} is ${amount}`);
  return wrong;
}

/** The contradictions that may exist at no moment. */
export function always(store: Export): string[] {
  return [...journal(store), ...points(store), ...coupons(store)];
}

/** What is wrong once everything is at rest: nothing may be in progress, here or at the platforms. */
export function atRest(store: Export, books: Books): string[] {
  return [...always(store), ...money(store, books), ...access(store), ...rest(store), ...cash(store, books)];
}
