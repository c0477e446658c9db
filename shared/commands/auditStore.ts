/** The rules for a whole store, recomputed from its raw documents alone. */
import type { AuditedStore, AuditFinding, Document, Says } from './auditedStore.ts';
import { auditShares } from './auditShares.ts';

/** The result of an audit. */
export interface AuditReport {
  /** The number of documents of each collection. */
  readonly documents: Readonly<Record<string, number>>;
  /** The balance of each account of the journal, in fen. */
  readonly balances: Readonly<Record<string, number>>;
  readonly findings: readonly AuditFinding[];
}

/**
 * The orders that were paid, or about whose money news came, in the last ten minutes. Their effects may not be finished
 * yet.
 */
function heardOfLately(store: AuditedStore): ReadonlySet<string> {
  const heard: (readonly [string, number])[] = [
    ...store.all('orders').map(({ id, paidAtMs }) => [id, paidAtMs ?? 0] as const),
    ...store.all('receipts').map(({ orderId, receivedAtMs }) => [orderId, receivedAtMs] as const),
  ];
  return new Set(heard.flatMap(([id, atMs]) => (store.nowMs < atMs + 600_000 ? [id] : [])));
}

function grouped<T>(
  items: readonly T[],
  keyOf: (item: T) => string | null,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function added(numbers: Iterable<number>): number {
  let total = 0;
  for (const each of numbers) total += each;
  return total;
}

type Order = Document<'orders'>;
type Refund = Document<'refunds'>;
type Receipt = Document<'receipts'>;

const OPEN_REFUNDS: readonly string[] = ['approved', 'processing', 'abnormal'];
const isOpen = (refund: Refund) => OPEN_REFUNDS.includes(refund.state);
const isDone = (refund: Refund) => refund.state === 'success';
const fenOf = (refunds: readonly Refund[]) => added(refunds.map((refund) => refund.refundFen));
const SHARES = ['activityFen', 'memberFen', 'ownedFen', 'campaignFen', 'couponFen', 'pointsFen'] as const;
const offOf = (line: Order['lines'][number]) => added(SHARES.map((name) => line.shares[name] ?? 0));

/** Checks prices, payments and refunds of each order. */
function auditOrders(store: AuditedStore, says: Says): void {
  const receipts = grouped(store.all('receipts'), (receipt) => receipt.orderId);
  const refunds = grouped(store.all('refunds'), (refund) => refund.orderId);
  const payments = new Map(store.all('payments').map((payment) => [payment.id, payment]));
  for (const order of store.all('orders')) {
    const { id: about, lines, state, payableFen } = order;
    const isEach = lines.every((line) => line.paidFen >= 0 && line.listFen - offOf(line) === line.paidFen);
    says('price', about, isEach, 'a line is not its list price less what was taken off');
    const sums = [
      added(lines.map((line) => line.listFen)),
      added(lines.map(offOf)),
      added(lines.map((l) => l.paidFen)),
    ];
    const said = [order.listFen, order.discountFen, payableFen];
    says('price', about, String(sums) === String(said), `lines come to ${sums}, the order says ${said}`);
    const settled = (receipts.get(about) ?? []).filter((receipt) => receipt.kind === 'settled');
    const expected = state === 'paid' && payableFen > 0 ? [payableFen] : [];
    const came = settled.map((receipt) => receipt.amountFen);
    says('money', about, String(came) === String(expected), `is ${state}, ${came} came of ${expected}`);
    const payment = payments.get(about);
    const transaction = state === 'paid' ? (settled[0]?.transactionId ?? null) : payment?.transactionId;
    says('payment', about, payment !== undefined, 'there is no payment');
    says(
      'payment',
      about,
      payment?.transactionId === transaction,
      `the payment is ${payment?.transactionId}`,
    );
    says(
      'payment',
      about,
      (payment?.state === 'success') === (state === 'paid'),
      `${state}, ${payment?.state}`,
    );
    says('payment', about, payment?.amountFen === payableFen, 'the payment is of another amount');
    const own = (refunds.get(about) ?? []).filter((refund) => refund.lines.length > 0);
    const [back, open] = [fenOf(own.filter(isDone)), fenOf(own.filter(isOpen))];
    says(
      'refunds',
      about,
      back === order.refundedFen,
      `${back} went back, the order says ${order.refundedFen}`,
    );
    says(
      'refunds',
      about,
      open === order.refundingFen,
      `${open} on its way, the order says ${order.refundingFen}`,
    );
    says('refunds', about, back + open <= payableFen, 'more goes back than was paid');
    const parts = own.filter((refund) => isDone(refund) || isOpen(refund)).flatMap((refund) => refund.lines);
    const taken = parts.flatMap((part) => (part.takesAccess ? [part.productId] : [])).sort();
    const revoked = [...order.revoked].sort();
    says(
      'refunds',
      about,
      String(taken) === String(revoked),
      `refunds take ${taken}, the order says ${revoked}`,
    );
    for (const { productId, paidFen } of order.lines) {
      const gone = added(parts.flatMap((part) => (part.productId === productId ? [part.refundFen] : [])));
      says('refunds', about, gone <= paidFen, `${gone} of ${productId} go back, ${paidFen} were paid`);
    }
    const isStuck =
      (state === 'pending' || state === 'closing') && store.nowMs > order.expiresAtMs + 86_400_000;
    says('stuck', about, !isStuck, `is ${state} a day after its time`);
  }
}

/**
 * Checks that each transaction counts once and refunds no more than it brought, and that money which paid for nothing
 * goes back.
 */
function auditMoney(store: AuditedStore, says: Says): void {
  const orders = new Set(store.all('orders').map((order) => order.id));
  const credited = new Set(
    store
      .all('journal')
      .flatMap((entry) => (entry.lines.some(([name]) => name === 'liab:credit') ? [entry.id] : [])),
  );
  const came = new Set(store.all('receipts').map((receipt) => receipt.id));
  const cases = new Set(store.all('cases').map((each) => each.id));
  for (const { id: about, rail, transactionId } of store.all('refunds')) {
    const isOfMoney = transactionId === null || came.has(`${rail}:${transactionId}`);
    says('refunds', about, isOfMoney, 'is of money that never came');
  }
  const byTransaction = grouped(store.all('refunds'), (refund) => refund.transactionId);
  for (const receipt of store.all('receipts')) {
    const { id: about, transactionId, kind, amountFen } = receipt;
    const refunds = byTransaction.get(transactionId) ?? [];
    says('receipt', about, about === `${receipt.rail}:${transactionId}`, 'is not under its transaction');
    says('receipt', about, kind === 'lost' || orders.has(receipt.orderId), 'is of no order');
    says(
      'refunds',
      about,
      fenOf(refunds.filter((r) => isDone(r) || isOpen(r))) <= amountFen,
      'more goes back than came',
    );
    // A refund that the rail has closed waits for staff, who get a case.
    const isGoing = refunds.some((r) => isDone(r) || isOpen(r) || cases.has(`refund_closed:${r.id}`));
    const isSeen = kind === 'settled' || isGoing || credited.has(`j_pay_${about}`);
    says('late', about, isSeen, `${kind} money, and nothing goes back`);
  }
}

/**
 * The account that a refund is debited from. A refund of lines is debited from `refunds`. A refund of money that was
 * owed back pays that debt, whoever made the refund. A refund of the settling payment without lines means that a second
 * payment has taken its place, so the debt for the second payment is paid.
 */
function debitOf(refund: Refund, receipts: readonly Receipt[], credit: ReadonlySet<string>): string {
  const paid = receipts.find((receipt) => receipt.transactionId === refund.transactionId);
  if (refund.lines.length > 0 || paid === undefined) return 'refunds';
  return paid.kind === 'settled' || credit.has(`j_pay_${paid.id}`) ? 'liab:credit' : 'payable:late';
}

/**
 * The entries that the books must have for one order, computed from its lines, receipts and refunds. Also for the money
 * of an order that was lost.
 */
function expectedOf(
  order: Order | undefined,
  receipts: readonly Receipt[],
  refunds: readonly Refund[],
  credit: ReadonlySet<string>,
  question: Document<'questions'> | undefined,
) {
  const sums = new Map<string, number>();
  const add = (account: string, fen: number) => sums.set(account, (sums.get(account) ?? 0) + fen);
  if (order?.state === 'paid') {
    for (const line of order.lines) {
      add(`rev:${line.kind}`, -line.listFen);
      for (const name of SHARES) {
        const isGone =
          name === 'couponFen' || name === 'pointsFen' || (name === 'activityFen' && line.flashSaleId);
        const account = order.isHonoured && isGone ? 'loss:honoured' : `disc:${name.slice(0, -3)}`;
        add(account, line.shares[name] ?? 0);
      }
    }
  }
  if (question !== undefined) {
    const keptFen = question.paidFen - question.backFen;
    const heldFen = HELD.includes(question.state) ? keptFen : 0;
    const shareFen = question.settledAtMs === null ? 0 : Math.floor((keptFen * question.shareBp) / 10_000);
    add('deferred:question', heldFen);
    add('liab:escrow', -heldFen);
    add('cost:payee', shareFen);
    add('payable:payee', -shareFen);
  }
  for (const receipt of receipts) {
    add(`cash:${receipt.rail}`, receipt.amountFen);
    if (receipt.kind !== 'settled') {
      add(credit.has(`j_pay_${receipt.id}`) ? 'liab:credit' : 'payable:late', -receipt.amountFen);
    }
  }
  for (const refund of refunds) {
    if (!isOpen(refund) && !isDone(refund)) continue;
    add(debitOf(refund, receipts, credit), refund.refundFen);
    add(isDone(refund) ? `cash:${refund.rail}` : 'payable:refund', -refund.refundFen);
  }
  return sums;
}

/** The states in which a question's money is with us, for nobody yet. */
const HELD: readonly string[] = ['open', 'answering', 'answered', 'disputed', 'returning'];

function balancesOf(entries: readonly Document<'journal'>[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { lines } of entries)
    for (const [name, fen] of lines) sums.set(name, (sums.get(name) ?? 0) + fen);
  return sums;
}

/** Checks that every entry balances, and that the entries of an order record exactly what happened to it. */
function auditBooks(store: AuditedStore, says: Says): void {
  const entries = store.all('journal');
  for (const { id: about, lines } of entries) {
    const isExact = lines.every(([, fen]) => Number.isSafeInteger(fen) && fen !== 0);
    says('journal', about, isExact && added(lines.map(([, fen]) => fen)) === 0, 'does not balance');
  }
  const credit = new Set(
    entries.flatMap((entry) => (entry.lines.some(([name]) => name === 'liab:credit') ? [entry.id] : [])),
  );
  const byOrder = grouped(entries, (entry) => entry.orderId);
  const receipts = grouped(store.all('receipts'), (receipt) => receipt.orderId);
  const refunds = grouped(store.all('refunds'), (refund) => refund.orderId);
  const orders = new Map(store.all('orders').map((order) => [order.id, order]));
  const questions = new Map(store.all('questions').map((question) => [question.orderId ?? '', question]));
  const lost = store.all('receipts').flatMap(({ kind, orderId }) => (kind === 'lost' ? [orderId] : []));
  const known = new Set([...orders.keys(), ...lost]);
  for (const about of known) {
    const order = orders.get(about);
    const back = refunds.get(about) ?? [];
    const expected = expectedOf(order, receipts.get(about) ?? [], back, credit, questions.get(about));
    const booked = balancesOf(byOrder.get(about) ?? []);
    for (const name of new Set([...expected.keys(), ...booked.keys()])) {
      const [must, is] = [expected.get(name) ?? 0, booked.get(name) ?? 0];
      says('books', about, must === is, `${name} is ${is}, and should be ${must}`);
    }
  }
  for (const [about] of byOrder)
    says('books', about, known.has(about), 'is booked, and there is no such order');
  for (const entry of entries) {
    if (entry.orderId === null)
      says('books', entry.id, entry.cause === 'fees_charged', 'is of no order, and no fee');
  }
}

const FEES = /^j_fees_([a-z]+)_(\d{4}-\d\d-\d\d)(?:_\d+)?$/;

/**
 * Checks that the booked fees of a rail's day equal those on its bill, or that staff have a case about the difference.
 */
function auditFees(store: AuditedStore, says: Says): void {
  const looked = new Map(store.all('reconciliations').map((result) => [result.id, result]));
  const differing = new Set(
    store.all('reconDifferences').flatMap((each) => (each.of === 'fees' ? [each.reconciliationId] : [])),
  );
  const entries = store.all('journal').filter((entry) => entry.cause === 'fees_charged');
  const byDay = grouped(entries, (entry) => {
    const [, rail, day] = FEES.exec(entry.id) ?? [];
    const names = entry.lines.map(([name]) => name).sort();
    const kept = names.filter((name) => name !== 'fees' && name !== 'disc:rail');
    says('fees', entry.id, String(kept) === `cash:${rail}`, `is of ${names}`);
    return rail === undefined ? null : `${rail}:${day}`;
  });
  for (const about of new Set([...byDay.keys(), ...looked.keys()])) {
    const own = byDay.get(about) ?? [];
    const result = looked.get(about);
    const booked = balancesOf(own);
    const isUnderWay = own.some(
      ({ atMs }) => atMs > (result?.finishedAtMs ?? 0) && store.nowMs < atMs + 3_600_000,
    );
    for (const [account, billFen] of [
      ['fees', result?.feesFen ?? 0],
      ['disc:rail', result?.couponsFen ?? 0],
    ] as const) {
      const bookedFen = booked.get(account) ?? 0;
      const isSaid = bookedFen === billFen || isUnderWay || differing.has(about);
      says('fees', about, isSaid, `${bookedFen} are booked as ${account}, the bill says ${billFen}`);
    }
  }
}

/** Checks that gifts, codes and redemptions gave access to the right people, and that no other such access exists. */
function auditGiven(store: AuditedStore, says: Says): void {
  const given = new Set<string>();
  for (const gift of store.all('gifts')) {
    for (const { userId } of gift.claims) given.add(`gift ${gift.id} ${userId} ${gift.productId}`);
  }
  const codes = new Set<string>();
  for (const { batchId, number, userId } of store.all('redeemCodes'))
    codes.add(`${batchId}:${number} ${userId}`);
  for (const { id, userId, productId } of store.all('redemptions'))
    given.add(`points ${id} ${userId} ${productId}`);
  const tried = new Map(store.all('trials').map((trial) => [trial.id, trial]));
  for (const { id, userId, productId } of tried.values()) given.add(`trial ${id} ${userId} ${productId}`);
  const written = new Set(store.all('audit').map((entry) => entry.id));
  const had = new Set<string>();
  const check = (
    about: string,
    userId: string,
    productId: string | null,
    source: { cause: string; sourceId: string; state: string },
    of: { readonly kind: 'access' | 'membership'; readonly id: string },
  ) => {
    const { cause, sourceId, state } = source;
    // What staff gave is in the audit log. The oldest entries do not name the user.
    const isByStaff = [`${of.id}:${sourceId}`, sourceId].some((end) =>
      written.has(`${of.kind}.grant:${end}`),
    );
    says('access', about, cause !== 'staff' || isByStaff, `no member of staff gave ${sourceId}`);
    const isTaken = written.has(`${of.kind}.revoke:${of.id}:${sourceId}`);
    const isLeft = cause === 'order' || state !== 'revoked' || isTaken;
    says('access', about, isLeft, `no member of staff took back ${sourceId}`);
    had.add(`${cause} ${sourceId} ${userId} ${productId}`);
    const isGiven =
      cause === 'code'
        ? codes.has(`${sourceId} ${userId}`)
        : given.has(`${cause} ${sourceId} ${userId} ${productId}`);
    says(
      'access',
      about,
      cause === 'order' || cause === 'staff' || isGiven,
      `${cause} ${sourceId} gave nothing to ${userId}`,
    );
  };
  for (const { id: about, userId, productId, sources } of store.all('entitlements')) {
    for (const source of sources) {
      check(about, userId, productId, source, { kind: 'access', id: about });
      const trial = tried.get(about);
      const isAsLong = source.fromAtMs === trial?.startedAtMs && source.untilAtMs === trial?.endsAtMs;
      says('access', about, source.cause !== 'trial' || isAsLong, 'is on trial for another time');
    }
  }
  for (const { id: about, grants } of store.all('memberships')) {
    for (const grant of grants)
      check(about, about, grant.productId, grant, { kind: 'membership', id: about });
  }
  for (const each of given)
    says('access', each, had.has(each) || each.endsWith(' null'), 'was given, and is not there');
  const opened = new Set([...had].map((each) => each.split(' ').slice(0, 3).join(' ')));
  for (const { batchId, number, userId } of store.all('redeemCodes')) {
    const about = `${batchId}:${number}`;
    says(
      'access',
      about,
      userId === null || opened.has(`code ${about} ${userId}`),
      'was used, and gave nothing',
    );
  }
  const redeemed = new Set(store.all('redemptions').map(({ id }) => `${id}:redeem`));
  for (const { id } of store.all('pointsEntries'))
    says('points', id, !id.endsWith(':redeem') || redeemed.has(id), 'paid for nothing that was redeemed');
  const orders = new Map(store.all('orders').map((order) => [order.id, order]));
  const gifts = new Map(store.all('gifts').map((gift) => [gift.id, gift]));
  for (const { id: about, orderId, productId, count, claims, state } of gifts.values()) {
    const order = orders.get(orderId);
    const line = order?.lines.find((each) => each.productId === productId);
    const must = order?.revoked.includes(productId) === true ? 'revoked' : 'open';
    says(
      'gift',
      about,
      order?.state === 'paid' && line?.gifts === count,
      `${count} of ${line?.gifts}, ${order?.state}`,
    );
    says('gift', about, state === must, `is ${state}, and should be ${must}`);
    const friends = new Set(claims.map((claim) => claim.userId));
    says('gift', about, friends.size === claims.length && claims.length <= count, `${claims.length} claims`);
  }
  const lately = heardOfLately(store);
  for (const { id, state, lines } of orders.values()) {
    if (state !== 'paid' || lately.has(id)) continue;
    for (const line of lines)
      says(
        'gift',
        id,
        line.gifts === 0 || gifts.has(`${id}:${line.productId}`),
        `${line.productId} was never given out`,
      );
  }
}

/** Checks that every buyer has the access they paid for, and that nobody else has access from an order. */
function auditAccess(store: AuditedStore, says: Says): void {
  const lately = heardOfLately(store);
  const orders = new Map(store.all('orders').map((order) => [order.id, order]));
  const given = new Map<string, string>();
  for (const { id: about, userId, productId, sources } of store.all('entitlements')) {
    for (const source of sources) {
      if (source.cause !== 'order') continue;
      given.set(`${source.sourceId}:${productId}`, source.state);
      const order = orders.get(source.sourceId);
      const isBought = order?.userId === userId && order.lines.some((line) => line.productId === productId);
      const isPaid = order?.state === 'paid' && !order.revoked.includes(productId);
      says(
        'access',
        about,
        isBought && (isPaid || source.state === 'revoked'),
        `by ${source.sourceId}, ${order?.state}`,
      );
    }
  }
  for (const { id: about, grants } of store.all('memberships')) {
    for (const { sourceId, cause, productId, state } of grants) {
      if (cause !== 'order' || productId === null) continue;
      given.set(`${sourceId}:${productId}`, state);
      const order = orders.get(sourceId);
      const isPaid = order?.state === 'paid' && order.userId === about && !order.revoked.includes(productId);
      says('access', about, isPaid || state === 'revoked', `a membership by ${sourceId}, ${order?.state}`);
    }
  }
  for (const order of orders.values()) {
    if (order.state !== 'paid' || lately.has(order.id)) continue;
    for (const { productId, gifts, questionId } of order.lines) {
      const must = order.revoked.includes(productId) ? 'revoked' : 'active';
      const is = given.get(`${order.id}:${productId}`);
      says(
        'access',
        order.id,
        gifts > 0 || questionId !== null || is === must,
        `${productId} is ${is ?? 'not given'}, and should be ${must}`,
      );
    }
  }
}

/** Checks that a coupon is held only by the order that names it, and that no stock was oversold. */
function auditCoupons(store: AuditedStore, says: Says): void {
  const orders = new Map(store.all('orders').map((order) => [order.id, order]));
  const coupons = store.all('coupons');
  for (const { id: about, state, orderId, userId } of coupons) {
    const order = orderId === null ? undefined : orders.get(orderId);
    const isNamed = order?.couponId === about && order.userId === userId;
    const must = state === 'used' ? ['paid'] : state === 'locked' ? ['pending', 'closing'] : [];
    const isHeld = isNamed && must.includes(order.state);
    says(
      'coupon',
      about,
      must.length === 0 ? orderId === null : isHeld,
      `is ${state} for ${orderId}, ${order?.state}`,
    );
  }
  const holders = new Map(coupons.map((coupon) => [coupon.id, coupon.orderId]));
  for (const { id: about, couponId, state, payableFen, refundedFen, revoked } of orders.values()) {
    const isBack = state === 'paid' && (payableFen > 0 ? refundedFen === payableFen : revoked.length > 0);
    if (couponId === null || state === 'closed' || isBack) continue;
    says('coupon', about, holders.get(couponId) === about, `its coupon is held by ${holders.get(couponId)}`);
  }
  const byId = new Map(coupons.map((coupon) => [coupon.id, coupon]));
  const beyond = new Set<string>();
  for (const { id: about, userId, templateId, couponId, isOverLimit } of store.all('couponGrants')) {
    const coupon = byId.get(couponId);
    const isThere = coupon?.userId === userId && coupon.templateId === templateId;
    says('coupon', about, isThere, `${couponId} was given to ${userId}, and is not there`);
    if (isOverLimit) beyond.add(couponId);
  }
  for (const { couponId } of store.all('dropClaims')) beyond.add(couponId);
  const shards = grouped(store.all('couponStocks'), (shard) => shard.templateId);
  const own = grouped(coupons, (coupon) => coupon.templateId);
  for (const { id: about, stock, perUserMax } of store.all('couponTemplates')) {
    const parts = shards.get(about) ?? [];
    if (parts.length === 0) continue;
    const issued = added(parts.map((shard) => shard.issued));
    const left = added(parts.flatMap((shard) => [shard.remaining, ...Object.values(shard.held)]));
    const held = own.get(about) ?? [];
    says('stock', about, issued + left === stock, `${issued} issued and ${left} left of ${stock}`);
    says(
      'stock',
      about,
      parts.every((shard) => shard.remaining >= 0),
      'a part is below zero',
    );
    says('stock', about, held.length === issued, `${issued} issued, ${held.length} there`);
    const most = Math.max(
      0,
      ...[...grouped(held, (coupon) => (beyond.has(coupon.id) ? null : coupon.userId)).values()].map(
        (some) => some.length,
      ),
    );
    says('stock', about, most <= perUserMax, `somebody has ${most}`);
  }
}

/**
 * Checks that what was claimed of each drop and what is set aside for it come to its count, one coupon for each user.
 */
function auditDrops(store: AuditedStore, says: Says): void {
  const coupons = new Map(store.all('coupons').map((coupon) => [coupon.id, coupon]));
  const claims = grouped(store.all('dropClaims'), ({ dropId }) => dropId);
  const held = new Map<string, number>();
  for (const shard of store.all('couponStocks')) {
    for (const [id, count] of Object.entries(shard.held)) held.set(id, (held.get(id) ?? 0) + count);
  }
  const drops = new Map(store.all('drops').map((drop) => [drop.id, drop]));
  for (const [about, count] of held) {
    says(
      'drop',
      about,
      drops.get(about)?.state === 'published',
      `${count} are set aside for what is not open`,
    );
  }
  for (const { id: about, templateId, count, state, claimedCount } of drops.values()) {
    const own = claims.get(about) ?? [];
    const left = held.get(about) ?? 0;
    const must = state === 'published' ? count - left : (claimedCount ?? 0);
    says('drop', about, own.length === must, `${own.length} claims, ${left} set aside of ${count}, ${state}`);
    for (const { id, userId, couponId } of own) {
      const coupon = coupons.get(couponId);
      const isTheirs = coupon?.userId === userId && coupon.templateId === templateId;
      says('drop', about, isTheirs && id === `${about}:${userId}`, `${id} has no coupon`);
    }
  }
  for (const [about] of claims) says('drop', about, drops.has(about), 'was claimed, and never existed');
}

/** Checks that the places of a flash sale add up, and that everybody with a place has an order that is not closed. */
function auditPlaces(store: AuditedStore, says: Says): void {
  const orders = new Map(store.all('orders').map((order) => [order.id, order]));
  const shards = grouped(store.all('flashStocks'), ({ id }) => id.split(':').slice(0, 2).join(':'));
  const seats = grouped(store.all('flashSeats'), (each) => `${each.saleId}:${each.productId}`);
  for (const { id: saleId, perUserMax, items } of store.all('flashSales')) {
    for (const { productId, stock } of items) {
      const about = `${saleId}:${productId}`;
      const parts = shards.get(about) ?? [];
      const own = seats.get(about) ?? [];
      const [left, taken] = [
        added(parts.map((part) => part.remaining)),
        added(parts.map((part) => part.taken)),
      ];
      const isWhole =
        parts.length === 0 || (left + taken === stock && parts.every((part) => part.remaining >= 0));
      says('places', about, isWhole, `${left} left and ${taken} taken of ${stock}`);
      says(
        'places',
        about,
        added(own.map((each) => each.seats.length)) === taken,
        `${taken} taken by others`,
      );
      says(
        'places',
        about,
        own.every((each) => each.seats.length <= perUserMax),
        'somebody has too many',
      );
    }
  }
  for (const { id: about, productId, seats: places } of store.all('flashSeats')) {
    for (const { orderId } of places) {
      const order = orders.get(orderId);
      const isBought = order?.lines.some((line) => line.productId === productId && line.flashSaleId !== null);
      says('places', about, isBought === true && order?.state !== 'closed', `${orderId} is ${order?.state}`);
    }
  }
}

/** The most pending orders of one buyer. Below, the most of them with the same product. */
const OPEN_MAX = 20;
const OPEN_OF_PRODUCT_MAX = 3;

/** Checks that nobody has more pending orders than allowed. */
function auditOpen(store: AuditedStore, says: Says): void {
  const open = store.all('orders').filter(({ state }) => state === 'pending' || state === 'closing');
  for (const [about, own] of grouped(open, ({ userId }) => userId)) {
    says('open', about, own.length <= OPEN_MAX, `${own.length} orders are open`);
    const products = own.flatMap(({ lines }) => lines.map(({ productId }) => productId));
    for (const [productId, some] of grouped(products, (id) => id)) {
      says('open', about, some.length <= OPEN_OF_PRODUCT_MAX, `${some.length} open orders of ${productId}`);
    }
  }
}

/** Checks that points equal the sum of their ledger, of their lots, and of what orders hold. */
function auditPoints(store: AuditedStore, says: Says): void {
  const ledgers = grouped(store.all('pointsEntries'), (entry) => entry.userId);
  const holds = grouped(
    store.all('pointsHolds').filter((hold) => hold.state === 'held'),
    (hold) => hold.userId,
  );
  const orders = new Map(store.all('orders').map((order) => [order.id, order]));
  const held = new Map(store.all('pointsHolds').map((hold) => [hold.id, hold]));
  for (const about of held.keys()) says('points', about, orders.has(about), 'points are held for no order');
  for (const { id: about, state, isHonoured, lines } of orders.values()) {
    const count = added(lines.map((line) => line.shares.pointsCount ?? 0));
    const hold = held.get(about);
    const isOpen = state === 'pending' || state === 'closing';
    const keptBack = hold?.state === 'held' ? hold.count : 0;
    says(
      'points',
      about,
      keptBack === (isOpen ? count : 0),
      `it holds ${keptBack} of ${count}, and is ${state}`,
    );
    const isSpent = count === 0 || state !== 'paid' || isHonoured || hold?.state === 'spent';
    says('points', about, isSpent, `${count} points paid for it, and are ${hold?.state}`);
  }
  const accounts = new Map(store.all('pointsAccounts').map((account) => [account.id, account]));
  for (const about of new Set([...ledgers.keys(), ...accounts.keys()])) {
    const ledger = [...(ledgers.get(about) ?? [])].sort((left, right) => left.line - right.line);
    const isWhole = ledger.every(
      ({ line, postings }, at) => line === at + 1 && added(postings.map(([, n]) => n)) === 0,
    );
    says('points', about, isWhole, 'an entry is missing, or does not balance');
    const posted = (to: string) =>
      added(ledger.flatMap(({ postings }) => postings.filter(([name]) => name === to).map(([, n]) => n)));
    const account = accounts.get(about) ?? { available: 0, held: 0, debt: 0, pending: 0, lots: [] };
    const is = [account.available, account.held, account.debt, account.pending ?? 0];
    const must = [posted('available'), posted('held'), 0 - posted('debt'), posted('pending')];
    says('points', about, String(is) === String(must), `the account says ${is}, the ledger ${must}`);
    const inLots = added(account.lots.map((lot) => lot.remaining));
    says('points', about, inLots === account.available, `${inLots} in lots, ${account.available} available`);
    const inHolds = added((holds.get(about) ?? []).map((hold) => hold.count));
    says(
      'points',
      about,
      inHolds === account.held,
      `orders hold ${inHolds}, the account says ${account.held}`,
    );
    says('points', about, Math.min(...is) >= 0, 'a balance is below zero');
  }
}

/**
 * Checks that what was played is counted right, that every finished lesson was played and counts for its course, and
 * that every certificate has a number of its own and a finished course that was not refunded.
 */
function auditLearning(store: AuditedStore, says: Says): void {
  const courses = new Map(store.all('courseProgresses').map((course) => [course.id, course]));
  const lessons = new Map(store.all('progresses').map((progress) => [progress.id, progress]));
  const notes = grouped(store.all('notes'), ({ userId, lessonId }) => `${userId}:${lessonId}`);
  for (const { id: about, userId, lessonId, productId, seen, cells, ...progress } of lessons.values()) {
    const ones = [...atob(seen)].map((byte) => byte.charCodeAt(0).toString(2).replaceAll('0', '').length);
    says('learned', about, added(ones) === cells, `${added(ones)} cells are marked, ${cells} counted`);
    const written = notes.get(about)?.length ?? 0;
    says('learned', about, written === progress.notes, `${written} notes, ${progress.notes} counted`);
    if (progress.finishedAtMs === null) continue;
    says('learned', about, progress.playedAtMs !== null, 'is finished, and was not played');
    const isCounted = courses.get(`${userId}:${productId}`)?.finished.includes(lessonId) === true;
    says('learned', about, isCounted, 'is finished, and does not count for its course');
  }
  for (const about of notes.keys())
    says('learned', about, lessons.has(about), 'has notes, and was never opened');
  for (const { id: about, userId, finished, finishedAtMs, finishedOf } of courses.values()) {
    const unplayed = finished.filter((id) => (lessons.get(`${userId}:${id}`)?.playedAtMs ?? null) === null);
    says('learned', about, unplayed.length === 0, `${unplayed} count as finished, and were not played`);
    const isWhole = finishedAtMs === null || (finishedOf > 0 && finished.length >= finishedOf);
    says('learned', about, isWhole, `is finished with ${finished.length} of ${finishedOf} lessons`);
  }
  const numbers = new Map(store.all('certificateNumbers').map((each) => [each.id, each.certificateId]));
  const issued = store.all('certificates');
  for (const { id: about, number, state, revoked } of issued) {
    const course = courses.get(about);
    says('certificate', about, numbers.get(number) === about, `${number} leads to ${numbers.get(number)}`);
    says('certificate', about, (course?.finishedAtMs ?? null) !== null, 'its course is not finished');
    const isGone = state === 'issued' && (course?.undoneAtMs ?? null) !== null;
    says('certificate', about, !isGone, 'is issued for a course that was refunded');
    says(
      'certificate',
      about,
      (state === 'revoked') === (revoked !== null),
      `is ${state}, by ${revoked?.by}`,
    );
  }
  says('certificate', 'numbers', numbers.size === issued.length, `${numbers.size} of ${issued.length}`);
}

/**
 * Checks that others see a comment only when it was published and nothing hides it, that a deleted one has no words,
 * that the counts of threads and of replies are those of what is counted, and that nobody gives stars twice.
 */
function auditComments(store: AuditedStore, says: Says): void {
  const all = store.all('comments');
  const ids = new Set(all.map((comment) => comment.id));
  const given = new Map(store.all('ratings').map((rating) => [rating.id, rating.commentId]));
  const counted = all.filter((comment) => comment.counted.isShown);
  const replies = grouped(counted, (comment) => comment.parentId);
  let rated = 0;
  for (const { id: about, shown, isShown, newest, review, ...comment } of all) {
    const isOut = shown !== null && review.publicVersion !== null && !review.isHidden;
    says('comment', about, isShown === isOut, `is ${isShown ? '' : 'not '}shown, in ${review.state}`);
    const isGone = review.state !== 'deleted' || (shown === null && newest.body === '');
    says('comment', about, isGone, 'is deleted, and its words are there');
    const isReply = comment.parentId === null || ids.has(comment.parentId);
    says('comment', about, isReply, `replies to ${comment.parentId}, which is not there`);
    const own = replies.get(about)?.length ?? 0;
    says('comment', about, own === comment.replies, `${own} replies, ${comment.replies} counted`);
    if (comment.stars === null || review.state === 'deleted') continue;
    rated += 1;
    const [, productId] = comment.threadId.split(':');
    const isOnly = given.get(`${productId}:${comment.userId}`) === about;
    says('comment', about, isOnly, 'gives stars that are not its author’s');
  }
  says('comment', 'ratings', given.size === rated, `${given.size} ratings, ${rated} comments with stars`);
  const threads = grouped(counted, (comment) => comment.threadId);
  const counts = new Map(store.all('threadCounts').map((thread) => [thread.id, thread]));
  for (const about of new Set([...threads.keys(), ...counts.keys()])) {
    const own = threads.get(about) ?? [];
    const stars = [1, 2, 3, 4, 5].map((n) => own.filter((comment) => comment.counted.stars === n).length);
    const [is, must] = [counts.get(about), `${own.length} with ${stars}`];
    says(
      'thread',
      about,
      `${is?.comments ?? 0} with ${is?.stars ?? [0, 0, 0, 0, 0]}` === must,
      `has ${must}`,
    );
  }
}

/** The most acceptances that are remembered of a template. */
const HEARD_MAX = 50;
/** How long messages are kept. */
const MESSAGES_KEPT_MS = 180 * 86_400_000;

/**
 * Checks that nobody was sent more than three messages in a Shanghai day or an advertisement too soon, that nobody is
 * sent more than they allowed, that no message is forgotten on its way, and that each order that was told stands in the
 * inbox.
 */
function auditInboxes(store: AuditedStore, says: Says): void {
  const all = new Map(store.all('messages').map((message) => [message.id, message]));
  for (const { id: about, outside } of store.all('inboxes')) {
    const byDay = grouped(outside, ({ atMs }) => String(Math.floor((atMs + 8 * 3_600_000) / 86_400_000)));
    for (const [day, some] of byDay)
      says('message', about, some.length <= 3, `${some.length} messages count for day ${day}`);
    const ads = outside.filter((each) => each.isMarketing).map(({ atMs }) => atMs);
    for (const { messageId, atMs } of outside) {
      const state = all.get(messageId)?.state ?? 'gone';
      const isOutside = ['sending', 'sent', 'unknown', 'refused'].includes(state);
      const isOld = store.nowMs > atMs + MESSAGES_KEPT_MS;
      says('message', messageId, isOutside || isOld, `counts as sent, and is ${state}`);
    }
    const isRare = ads.every((atMs, at) => at === 0 || atMs - (ads[at - 1] ?? 0) >= 7 * 86_400_000);
    says('message', about, isRare, 'was sent two advertisements within a week');
    says(
      'message',
      about,
      new Set(outside.map((each) => each.messageId)).size === outside.length,
      'counts one twice',
    );
  }
  for (const { id: about, left, isBlocked, heardAtS } of store.all('subscriptions')) {
    says('message', about, left >= 0 && !(isBlocked && left > 0), `${left} left, blocked: ${isBlocked}`);
    says(
      'message',
      about,
      left <= heardAtS.length || heardAtS.length === HEARD_MAX,
      `${left} left of fewer accepted`,
    );
  }
  const counted = new Set(
    store.all('inboxes').flatMap(({ outside }) => outside.map((each) => each.messageId)),
  );
  for (const { id: about, state, nextAtMs, createdAtMs } of all.values()) {
    const isOutside = state === 'sent' || state === 'unknown' || state === 'sending';
    const isNew = store.nowMs < createdAtMs + 86_400_000;
    says('message', about, !(isOutside && isNew) || counted.has(about), `is ${state}, and does not count`);
    const isOpen = state === 'waiting' || state === 'due' || state === 'sending';
    says('message', about, !isOpen || store.nowMs <= nextAtMs + 12 * 3_600_000, 'was due half a day ago');
  }
  const tasks = new Map(store.all('tasks').map((task) => [task.id, task]));
  for (const { id, userId, payableFen, paidAtMs } of store.all('orders')) {
    const isTold = tasks.get(`tellPaidOrder:order.paid:${id}`)?.state === 'done';
    const isKept = paidAtMs !== null && store.nowMs < paidAtMs + MESSAGES_KEPT_MS;
    if (isTold && isKept && payableFen > 0)
      says('message', id, all.has(`${userId}:order_paid:${id}`), 'was told, and is in no inbox');
  }
}

/** The collections of what people tell each other, which is liked and counted of its writer. */
const TEXTS = ['comments', 'topics'] as const;

/** The collections of what people write, and what the uploads in it say they are used by. */
const WRITTEN = [
  ['comments', 'comment'],
  ['topics', 'topic'],
  ['profiles', 'profile'],
  ['certificates', 'certificate'],
] as const;

/** The same with what only two people see, which nobody likes and no writer is counted for. */
const CHECKED = [...WRITTEN, ['questions', 'question'], ['answers', 'answer']] as const;

/**
 * Checks that likes are counted as often as there are marks in the count, that a mark says right whether it is counted,
 * and that of each writer as many texts are counted as wait and as were public.
 */
function auditMarks(store: AuditedStore, says: Says): void {
  const counts = new Map<string, number>();
  for (const { id, target, isOn, isCounted, countedAs } of store.all('marks')) {
    says('likes', id, isCounted === (isOn === countedAs), `is ${isOn ? 'on' : 'off'}, counted ${countedAs}`);
    if (countedAs) counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  const texts = TEXTS.flatMap((collection) => [...store.all(collection)]);
  for (const { id, likes } of texts)
    says('likes', id, likes === (counts.get(id) ?? 0), `${counts.get(id) ?? 0} likes, ${likes} counted`);
  const own = grouped(texts, ({ userId }) => userId);
  for (const { id, undecided, published } of store.all('writers')) {
    const reviews = (own.get(id) ?? []).map(({ review }) => review);
    const waiting = reviews.filter(
      ({ state, version, appealedVersion }) =>
        state === 'checking' || (state === 'queued' && appealedVersion !== version),
    ).length;
    const shown = reviews.filter(({ publicAtMs }) => publicAtMs !== null).length;
    says('writer', id, undecided === waiting, `${waiting} texts wait, ${undecided} counted`);
    says('writer', id, published === shown, `${shown} texts were public, ${published} counted`);
  }
}

/** Checks that others see of a user what passed of their profile, or a name made from the id and no picture. */
function auditProfiles(store: AuditedStore, says: Says): void {
  const users = new Map(store.all('users').map((user) => [user.id, user]));
  for (const { id: about, shown, review } of store.all('profiles')) {
    const user = users.get(about);
    const seen = review.isHidden ? null : shown;
    const name = seen?.title ?? `知友${about.slice(-4)}`;
    says('profile', about, user?.nickname === name, `is called ${user?.nickname}, and ${name} passed`);
    const [picture] = seen?.images ?? [];
    const isPicture =
      picture === undefined ? user?.avatarKey === null : user?.avatarKey?.includes(picture) === true;
    says('profile', about, isPicture, `looks like ${user?.avatarKey}, and ${picture} passed`);
  }
}

/** The kinds of cases about what people wrote. */
const MATTERS: readonly string[] = ['content_review', 'content_flagged', 'appeal'];
/** How long the platform may be silent about a text or a file: two hours, and some for the sweep. */
const SILENT_MS = 3 * 3_600_000;
/** How long the records of checks are kept, less a day. */
const CHECKS_KEPT_MS = 89 * 86_400_000;

/**
 * Checks that a person knows of all that waits for one, and of nothing else; that nothing waits for the platform for
 * ever; that others see only what the platform passed or a person decided, and no file that it did not fetch; and that
 * flags are counted.
 */
function auditReviews(store: AuditedStore, says: Says): void {
  const open = new Set(
    store
      .all('cases')
      .flatMap(({ id, kind, state }) => (state === 'open' && MATTERS.includes(kind) ? id : [])),
  );
  const fetched = new Set(
    store.all('mediaChecks').flatMap((check) => (check.fetched.length > 0 ? check.id : [])),
  );
  const flags = grouped(
    store.all('flags').filter(({ weight }) => weight > 0),
    ({ target, version }) => `${target}:${version}`,
  );
  const wanted = new Set<string>();
  for (const [collection, kind] of CHECKED) {
    for (const { id, shown, newest, review } of store.all(collection)) {
      const about = `${kind}:${id}`;
      const { state, version, publicVersion: seen, keptVersion: kept, cause, by } = review;
      const isOwnWord = review.appealedVersion === version;
      if (state === 'queued') wanted.add(`${isOwnWord ? 'appeal' : 'content_review'}:${about}:${version}`);
      if (shown !== null && (review.isHidden || (review.flagWeight > 0 && kept !== seen)))
        wanted.add(`content_flagged:${about}:${seen}`);
      if (shown !== null && review.sampledVersion === seen && kept !== seen)
        wanted.add(`content_review:${about}:${seen}`);
      const isChecking = state === 'checking';
      says(
        'review',
        about,
        isChecking === review.waitsFor.length > 0,
        `is ${state}, and waits for ${review.waitsFor}`,
      );
      const isSilent = isChecking && store.nowMs > review.sinceAtMs + SILENT_MS;
      says('review', about, !isSilent, 'has waited for the platform for hours, and nobody knows');
      says('review', about, (shown === null) === (seen === null), `shows version ${seen}`);
      if (state === 'public') {
        const isPerson =
          by.startsWith('usr_') && (cause === 'staff' || (cause === 'hidden' && review.isHidden));
        const isPassed = by === 'platform' && cause.startsWith('check:');
        says('review', about, isPassed || isPerson, `is public by ${cause} of ${by}`);
        const isNewest = seen === version && JSON.stringify(shown) === JSON.stringify(newest);
        says('review', about, isNewest, `is public, and shows version ${seen} of ${version}`);
        const isKept = kept === version || store.nowMs > review.sinceAtMs + CHECKS_KEPT_MS;
        for (const file of isKept ? [] : [...newest.images, ...(newest.audio === null ? [] : [newest.audio])])
          says(
            'review',
            about,
            fetched.has(`${about}:${version}:${file}`),
            `shows ${file}, which nobody fetched`,
          );
      } else says('review', about, seen === null || seen < version, `is ${state}, and shows version ${seen}`);
      if (seen === null || kept === seen) continue;
      const own = flags.get(`${about}:${seen}`) ?? [];
      const weight = added(own.map((flag) => flag.weight));
      const said = `${review.flagWeight} of ${review.flaggers}`;
      says(
        'flags',
        about,
        `${weight} of ${own.length}` === said,
        `${weight} of ${own.length}, counted ${said}`,
      );
    }
  }
  for (const each of wanted) says('review', each, open.has(each), 'waits for staff, and no case is open');
  for (const each of open) says('review', each, wanted.has(each), 'is an open case, and nothing waits');
  for (const { id: about, target, version, userId } of store.all('flags'))
    says('flags', about, about === `${target}:${version}:${userId}`, 'is not of whom it says');
}

/** Checks that a published article says something and since when, and that a draft was never seen. */
function auditArticles(store: AuditedStore, says: Says): void {
  for (const { id: about, state, blocks, publishedAtMs } of store.all('articles')) {
    says('article', about, state !== 'published' || blocks.length > 0, 'is published, and empty');
    says(
      'article',
      about,
      (state === 'draft') === (publishedAtMs === null),
      `is ${state} since ${publishedAtMs}`,
    );
  }
}

/** Checks that uploads and what their owners wrote name each other, and that an upload ends while nothing uses it. */
function auditUploads(store: AuditedStore, says: Says): void {
  const named = new Set<string>();
  for (const [collection, kind] of CHECKED)
    for (const { id, userId, newest, shown } of store.all(collection))
      for (const { images, audio } of [newest, ...(shown === null ? [] : [shown])])
        for (const upload of [...images, audio])
          if (upload !== null) named.add(`${upload} ${kind}:${id} ${userId}`);
  for (const { id, userId, images } of store.all('feedbacks'))
    for (const upload of images) named.add(`${upload} feedback:${id} ${userId}`);
  const used = new Set<string>();
  for (const { id: about, userId, usedBy, endsAtMs } of store.all('uploads')) {
    says('upload', about, (usedBy === null) === (endsAtMs !== null), `ends ${endsAtMs}, used by ${usedBy}`);
    if (usedBy === null) continue;
    used.add(`${about} ${usedBy} ${userId}`);
    says(
      'upload',
      about,
      named.has(`${about} ${usedBy} ${userId}`),
      `is used by ${usedBy}, which is without it`,
    );
  }
  for (const each of named) {
    const [upload, about = '', userId] = each.split(' ');
    says('upload', about, used.has(each), `names ${upload}, which ${userId} does not use there`);
  }
}

/** Checks that a feedback is open as long as its author spoke last, and that a person knows of what cannot wait. */
function auditFeedback(store: AuditedStore, says: Says): void {
  const matters = new Map(store.all('cases').map(({ id, state, closedAtMs }) => [id, { state, closedAtMs }]));
  for (const { id: about, kind, state, turns } of store.all('feedbacks')) {
    const spoke = turns[turns.length - 1];
    const waits = spoke?.from === 'user';
    says('feedback', about, waits === (state === 'open'), `is ${state}, and ${spoke?.from} spoke last`);
    if (!waits || kind !== 'infringement') continue;
    const matter = matters.get(`feedback_urgent:${about}`);
    const isKnown = matter?.state === 'open' || (matter?.closedAtMs ?? -1) >= (spoke?.atMs ?? 0);
    says('feedback', about, isKnown, 'infringes, and nobody was told');
  }
}

/**
 * Checks that each group is of a product unless it is open, that nobody joined any other kind, that others see a topic
 * only when it was published and nothing hides it, that it counts the comments on it, and that only a question has an
 * accepted answer, which is a comment on it.
 */
function auditGroups(store: AuditedStore, says: Says): void {
  const groups = new Map(store.all('groups').map((group) => [group.id, group]));
  for (const { id: about, kind, productId, state, publishedAtMs } of groups.values()) {
    says('group', about, (kind === 'open') === (productId === null), `is ${kind}, of ${productId}`);
    says('group', about, state !== 'published' || publishedAtMs !== null, 'is published, and never was');
  }
  for (const { id: about, groupId, userId, hasJoined } of store.all('groupNotes')) {
    says('group', about, about === `${groupId}:${userId}`, `is of ${groupId} and ${userId}`);
    const kind = groups.get(groupId)?.kind;
    says('group', about, kind === 'open' || (kind !== undefined && !hasJoined), `joined a group: ${kind}`);
  }
  const comments = store.all('comments');
  const threads = grouped(
    comments.filter((comment) => comment.counted.isShown),
    (comment) => comment.threadId,
  );
  const about = new Map(comments.map((comment) => [comment.id, comment.threadId]));
  for (const { id, groupId, kind, acceptedCommentId: accepted, review, shown, ...topic } of store.all(
    'topics',
  )) {
    says('topic', id, groups.has(groupId), `is in ${groupId}, which is not there`);
    const isOut = shown !== null && review.publicVersion !== null && !review.isHidden;
    says('topic', id, topic.isShown === isOut, `is ${topic.isShown ? '' : 'not '}shown, in ${review.state}`);
    const isGone = review.state !== 'deleted' || (shown === null && topic.newest.body === '');
    says('topic', id, isGone, 'is deleted, and its words are there');
    const said = threads.get(`topic:${id}`)?.length ?? 0;
    says('topic', id, said === topic.replies, `${said} comments, ${topic.replies} counted`);
    const isAnswer = accepted === null || (kind === 'ask' && about.get(accepted) === `topic:${id}`);
    says('topic', id, isAnswer, `${accepted} is no answer to it`);
    says('topic', id, topic.lastAtMs >= topic.publicAtMs, 'was last written before it was public');
  }
}

/** Checks that each paid question is where its money is, and that somebody or something is to deal with it. */
function auditQuestions(store: AuditedStore, says: Says): void {
  const lately = heardOfLately(store);
  const questions = new Map(store.all('questions').map((question) => [question.id, question]));
  const orders = new Map(store.all('orders').map((order) => [order.id, order]));
  const refunds = grouped(store.all('refunds'), (refund) => refund.orderId);
  const cases = new Set(
    store
      .all('cases')
      .flatMap(({ state, orderId }) => (state === 'open' && orderId !== null ? [orderId] : [])),
  );
  for (const { id, state, lines } of orders.values()) {
    for (const { questionId } of lines) {
      if (state !== 'paid' || questionId === null || lately.has(id)) continue;
      const question = questions.get(questionId);
      const isOpened = question?.orderId === id && question.paidAtMs !== null;
      says('question', questionId, isOpened || cases.has(id), `is paid by ${id}, and is not open`);
    }
  }
  const answers = new Map(store.all('answers').map((answer) => [answer.id, answer.review.state]));
  for (const { id: about, state, orderId, paidFen, backFen, nextAtMs } of questions.values()) {
    const own = refunds.get(orderId ?? '') ?? [];
    const isBusy = own.some((refund) => isOpen(refund) || refund.state === 'requested');
    const doneFen = fenOf(own.filter((refund) => isDone(refund)));
    const isLate = own.some(({ finishedAtMs }) => store.nowMs < (finishedAtMs ?? 0) + 600_000);
    says(
      'question',
      about,
      doneFen === backFen || isLate,
      `${doneFen} went back, ${backFen} by the question`,
    );
    says(
      'question',
      about,
      state !== 'returned' || backFen === paidFen,
      `${backFen} of ${paidFen} came back`,
    );
    const hasEnd = isBusy || isLate || cases.has(orderId ?? '');
    says(
      'question',
      about,
      (state !== 'returning' && state !== 'disputed') || hasEnd,
      `is ${state} for ever`,
    );
    const isChecked = ['checking', 'queued'].includes(answers.get(about) ?? '');
    says('question', about, state !== 'answering' || isChecked, 'has an answer that nobody checks');
    const isOrdered = ['pending', 'closing', 'paid'].includes(orders.get(orderId ?? '')?.state ?? '');
    says('question', about, state !== 'ordered' || isOrdered, 'waits for no order');
    const isDue = nextAtMs !== null && store.nowMs > nextAtMs + 3_600_000 && !isBusy;
    says('question', about, !isDue, `was due an hour before the last thing that happened, in ${state}`);
  }
}

/** Checks that no task waits too long, and that staff know about every task that was given up. */
function auditTasks(store: AuditedStore, says: Says): void {
  for (const { id: about, state, createdAtMs, dueFirstAtMs = createdAtMs } of store.all('tasks')) {
    const isLate = state === 'pending' && store.nowMs > dueFirstAtMs + 3_600_000;
    says('task', about, !isLate, 'was due an hour before the last thing that happened');
    says('task', about, state !== 'dead', 'was given up, and waits for staff');
  }
}

/** Runs every check. "Now" is the last moment at which something was written, so a store at rest stays right. */
export function auditStore(store: AuditedStore): AuditReport {
  const findings: AuditFinding[] = [...store.malformed];
  const says: Says = (rule, about, isRight, text) => {
    if (!isRight) findings.push({ rule, about, says: text });
  };
  auditOrders(store, says);
  auditMoney(store, says);
  auditBooks(store, says);
  auditFees(store, says);
  auditAccess(store, says);
  auditGiven(store, says);
  auditCoupons(store, says);
  auditPlaces(store, says);
  auditDrops(store, says);
  auditOpen(store, says);
  auditPoints(store, says);
  auditLearning(store, says);
  auditGroups(store, says);
  auditComments(store, says);
  auditQuestions(store, says);
  auditMarks(store, says);
  auditReviews(store, says);
  auditProfiles(store, says);
  auditArticles(store, says);
  auditInboxes(store, says);
  auditShares(store, says);
  auditUploads(store, says);
  auditFeedback(store, says);
  auditTasks(store, says);
  const balances = Object.fromEntries([...balancesOf(store.all('journal'))].sort());
  return { documents: store.counts, balances, findings };
}
