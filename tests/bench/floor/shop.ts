/** The floor's shop. `server.ts` says what it does and leaves out. */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Coupon, CouponTemplate } from '../../../shared/schemas/coupons/coupon.ts';
import type { readCatalogue } from './catalogue.ts';
import type { openOutside } from './outside.ts';
import type { FloorStore } from './store.ts';

/** What somebody new has agreed to. */
const NO_CONSENTS = {
  ...{ terms: null, privacy: null, analytics: null, personalisation: null, marketing: null },
  ...{ sharing: null, community: null, questions: null, expert: null, partner: null },
};

const DAY_MS = 86_400_000;
const SESSION_MS = 30 * DAY_MS;
const PAY_WINDOW_MS = 900_000;
const POINTS_LAST_MS = 366 * DAY_MS;
const SHARDS = 16;
const PENDING_MAX = 20;

interface User {
  readonly id: string;
  readonly nickname: string;
  readonly state: 'active' | 'banned';
  readonly role: 'learner';
  readonly openid: string;
  readonly generation: number;
  readonly createdAtMs: number;
}

interface Session {
  readonly id: string;
  readonly userId: string;
  readonly generation: number;
  readonly expiresAtMs: number;
}

interface Order {
  readonly id: string;
  readonly userId: string;
  readonly state: 'pending' | 'paid';
  readonly lines: readonly { readonly productId: string; readonly listFen: number; readonly title: string }[];
  readonly payableFen: number;
  readonly discountFen: number;
  readonly couponId: string | null;
  readonly earnsPoints: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly paidAtMs: number | null;
}

interface Payment {
  readonly id: string;
  readonly state: 'created' | 'prepaid' | 'success';
  readonly openid: string;
  readonly amountFen: number;
  readonly prepayId: string | null;
  readonly transactionId: string | null;
}

interface Account {
  readonly id: string;
  readonly available: number;
  readonly lines: number;
  readonly lots: readonly { readonly expiresAtMs: number; readonly remaining: number }[];
}

interface PointsEntry {
  readonly id: string;
  readonly userId: string;
  readonly line: number;
  readonly postings: readonly (readonly [account: string, amount: number])[];
  readonly availableAfter: number;
}

interface Stock {
  readonly id: string;
  readonly remaining: number;
  readonly issued: number;
}

/** The lines and the coupon of a quote or an order. */
interface Asked {
  readonly orderId: string;
  readonly lines: readonly { readonly productId: string }[];
  readonly couponId: string | null;
  readonly platform: string;
  readonly shownFen: number;
}

/** The parts from which the shop is made. */
interface ShopParts {
  readonly store: FloorStore;
  readonly outside: ReturnType<typeof openOutside>;
  readonly catalogue: ReturnType<typeof readCatalogue>;
  readonly url: string;
}

const idOf = (prefix: string) => `${prefix}_${randomBytes(13).toString('hex').toUpperCase()}`;
const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

function couponView({ userId: _, updatedAtMs: __, ...view }: Coupon) {
  return view;
}

function orderView({ userId: _, ...view }: Order) {
  return view;
}

/** How much a coupon takes off this amount. */
function offFenOf({ rule }: Pick<Coupon, 'rule'>, fen: number): number {
  if (rule.kind === 'fixed') return Math.min(rule.offFen, fen);
  if (fen < rule.thresholdFen) return 0;
  if (rule.kind === 'full_reduction') return rule.offFen;
  return Math.min(rule.capFen, Math.floor((fen * rule.offBasisPoints) / 10_000));
}

/** Opens the shop. A method that writes answers once its writes are on disk. */
export function openShop({ store, outside, catalogue, url }: ShopParts) {
  const callers = store.prepare(
    'SELECT sessions.body, users.body FROM sessions JOIN users ON users.id = sessions.userId WHERE sessions.id = ?',
  );
  const claimed = store.prepare(
    'SELECT templateId, count(*) FROM coupons WHERE userId = ? GROUP BY templateId',
  );
  const pending = store.prepare("SELECT count(*) FROM orders WHERE userId = ? AND state = 'pending'");
  const ledger = store.prepare('SELECT body FROM pointsEntries WHERE userId = ? ORDER BY line DESC LIMIT 20');
  const access = (userId: string, productId: string) =>
    store.read<{ readonly id: string }>('entitlements', `${userId}:${productId}`);

  /** Gives one coupon of the template, from the user's shard of its stock. Call it within a commit. */
  function giveCoupon(
    { id: templateId, title, rule, scope, validity, stock }: CouponTemplate,
    userId: string,
  ) {
    const now = Date.now();
    const id = `cpn_${templateId.slice(4)}_${userId.slice(4)}_1`;
    const before = store.read<Coupon>('coupons', id);
    if (before !== null) return before;
    const stockId = `${templateId}:${Number.parseInt(userId.slice(-4), 16) % SHARDS}`;
    const left = store.read<Stock>('couponStocks', stockId);
    const remaining = left?.remaining ?? Math.floor(stock / SHARDS);
    if (remaining === 0) throw new Error('coupon.sold_out');
    const isWindow = validity.kind === 'window';
    const coupon = {
      ...{ id, userId, templateId, title, rule, scope, state: 'available', orderId: null },
      validFromAtMs: isWindow ? validity.fromAtMs : now,
      expiresAtMs: isWindow ? validity.untilAtMs : now + validity.days * DAY_MS,
      ...{ claimedAtMs: now, updatedAtMs: now },
    } as unknown as Coupon;
    const after = { id: stockId, templateId, remaining: remaining - 1, issued: (left?.issued ?? 0) + 1 };
    if (left === null) store.insert('couponStocks', after);
    else store.update('couponStocks', after);
    store.insert('coupons', coupon);
    return coupon;
  }

  function priceLines(caller: User, { lines, couponId }: Asked) {
    const now = Date.now();
    const coupon = couponId === null ? null : store.read<Coupon>('coupons', couponId);
    const mayUse = coupon?.userId === caller.id && coupon.state === 'available' && now < coupon.expiresAtMs;
    if (coupon !== null && !mayUse) throw new Error('coupon.not_usable');
    const priced = lines.map(({ productId }) => {
      const product = catalogue.product(productId);
      if (product === null) throw new Error('product.not_found');
      if (access(caller.id, productId) !== null) throw new Error('product.already_owned');
      const { version: productVersion, kind, title, coverUrl, access: rule, refundPolicy, plan } = product;
      const { listFen } = product;
      const { priceFen, source } = catalogue.priceOf(product, now);
      const couponFen = coupon === null ? 0 : offFenOf(coupon, priceFen);
      const shares = {
        activityFen: listFen - priceFen,
        memberFen: 0,
        ownedFen: 0,
        campaignFen: 0,
        couponFen,
      };
      return {
        ...{
          productId,
          productVersion,
          kind,
          title,
          coverUrl,
          access: rule,
          refundPolicy,
          plan,
          gifts: 0,
          listFen,
          source,
        },
        ...{ flashSaleId: null, units: product.lessonCount - product.trialCount, ownedParts: [] },
        shares: { ...shares, pointsFen: 0, pointsCount: 0 },
        paidFen: priceFen - couponFen,
      };
    });
    const sum = (of: (line: (typeof priced)[number]) => number) =>
      priced.reduce((all, line) => all + of(line), 0);
    const listFen = sum((line) => line.listFen);
    const payableFen = sum((line) => line.paidFen);
    const offFen = sum((line) => line.shares.couponFen);
    const applied = coupon === null ? [] : [{ kind: 'coupon', id: couponId, title: coupon.title, offFen }];
    const discountFen = listFen - payableFen;
    const earnsPoints = Math.floor(payableFen / 100);
    return {
      lines: priced,
      listFen,
      discountFen,
      payableFen,
      rail: 'wxpay',
      couponId,
      earnsPoints,
      applied,
      coupon,
    };
  }

  function ownOrder(caller: User, id: string): Order {
    const order = store.read<Order>('orders', id);
    if (order?.userId !== caller.id) throw new Error('order.not_found');
    return order;
  }

  /** Writes all effects of a paid order. Call it within a commit. */
  function pay(order: Order, payment: Payment, transactionId: string, paidAtMs: number): void {
    const { id: orderId, userId, couponId, earnsPoints, payableFen, discountFen, lines } = order;
    const now = Date.now();
    store.update('orders', { ...order, state: 'paid', paidAtMs });
    store.update('payments', { ...payment, state: 'success', transactionId });
    const coupon = couponId === null ? null : store.read<Coupon>('coupons', couponId);
    if (coupon !== null) store.update('coupons', { ...coupon, state: 'used', updatedAtMs: now });
    const sold = lines.map(({ listFen }) => ['rev:course', -listFen]);
    const entry = [['cash:wxpay', payableFen], ...sold, ['disc:coupon', discountFen]];
    store.insert('journal', { id: `j_pay_${transactionId}`, unit: 'fen', lines: entry, orderId, atMs: now });
    for (const { productId } of lines) {
      const source = {
        sourceId: orderId,
        cause: 'order',
        fromAtMs: paidAtMs,
        untilAtMs: null,
        state: 'active',
      };
      const id = `${userId}:${productId}`;
      store.insert('entitlements', { id, userId, productId, sources: [source], updatedAtMs: now });
    }
    if (earnsPoints === 0) return;
    const before = store.read<Account>('pointsAccounts', userId);
    const availableAfter = (before?.available ?? 0) + earnsPoints;
    const line = (before?.lines ?? 0) + 1;
    const postings = [
      ['available', earnsPoints],
      ['issued', -earnsPoints],
    ];
    const why = { cause: 'order_paid', orderId, createdAtMs: now };
    const id = `${orderId}:earn`;
    store.insert('pointsEntries', { id, userId, line, postings, availableAfter, ...why });
    const lots = [...(before?.lots ?? []), { expiresAtMs: now + POINTS_LAST_MS, remaining: earnsPoints }];
    const account = { id: userId, available: availableAfter, lines: line, lots, updatedAtMs: now };
    if (before === null) store.insert('pointsAccounts', account);
    else store.update('pointsAccounts', account);
  }

  return {
    callerOf: (authorization = ''): User => {
      const row: unknown = callers.get([digestOf(authorization.replace(/^Bearer /i, ''))]);
      if (!Array.isArray(row)) throw new Error('auth.required');
      const session: Session = JSON.parse(row[0]);
      const user: User = JSON.parse(row[1]);
      const isGood = session.expiresAtMs > Date.now() && session.generation === user.generation;
      if (!isGood || user.state !== 'active') throw new Error('auth.required');
      return user;
    },

    logIn: async (code: string) => {
      const { openid, session_key: sessionKey } = await outside.logIn(code);
      const sessionKeySealed = outside.sealed(sessionKey);
      const token = randomBytes(32).toString('base64url');
      const now = Date.now();
      const { user, expiresAtMs, isNew } = await store.commit(() => {
        const before = store.read<{ readonly id: string; readonly userId: string }>('identities', openid);
        const newId = before?.userId ?? idOf('usr');
        if (!store.insert('usedCodes', { id: digestOf(code), userId: newId, usedAtMs: now }))
          throw new Error('auth.code_invalid');
        const identity = { id: openid, userId: newId, sessionKeySealed, sessionKeyAtMs: now };
        const known = before === null ? null : store.read<User>('users', before.userId);
        const more = { avatarUrl: null, consents: NO_CONSENTS };
        const fresh: User & typeof more = {
          ...{ id: newId, nickname: `知友${newId.slice(-4)}`, state: 'active', role: 'learner', openid },
          ...{ generation: 0, createdAtMs: now, ...more },
        };
        if (known === null) {
          store.insert('users', fresh);
          store.insert('identities', identity);
          for (const template of catalogue.templates)
            if (template.audience === 'welcome') giveCoupon(template, newId);
        } else store.update('identities', identity);
        const owner = known ?? fresh;
        const session = {
          id: digestOf(token),
          userId: newId,
          generation: owner.generation,
          createdAtMs: now,
        };
        store.insert('sessions', { ...session, expiresAtMs: now + SESSION_MS });
        return { user: owner, expiresAtMs: now + SESSION_MS, isNew: known === null };
      });
      const { id, nickname, role, createdAtMs } = user;
      const shown = { id, nickname, avatarUrl: null, role, isWechatBound: true, phoneMasked: null };
      const consents = NO_CONSENTS;
      return { token, expiresAtMs, isNew, user: { ...shown, consents, createdAtMs } };
    },

    search: (words: string) => ({ items: catalogue.search(words, Date.now()), nextCursor: null }),

    course: (caller: User, id: string) => {
      const product = catalogue.product(id);
      if (product === null) throw new Error('course.not_found');
      const isOwned = access(caller.id, id) !== null;
      const owned = { isOwned, untilAtMs: null, mayBuy: !isOwned };
      return { ...catalogue.page(product, Date.now()), owned };
    },

    listCoupons: (caller: User) => {
      const counts = new Map(claimed.all([caller.id]).map((row) => row as [string, number]));
      const now = Date.now();
      const open = catalogue.templates.filter(
        ({ audience, claimFromAtMs, claimUntilAtMs }) =>
          audience === 'all' && claimFromAtMs <= now && now < claimUntilAtMs,
      );
      const items = open.map((template) => {
        const { id, title, rule, scope, validity, claimFromAtMs, claimUntilAtMs, perUserMax, pointsPrice } =
          template;
        const claimedCount = counts.get(id) ?? 0;
        const mayClaim = claimedCount < perUserMax;
        return {
          ...{ id, title, rule, scope, validity, claimFromAtMs, claimUntilAtMs, perUserMax, pointsPrice },
          ...{ claimedCount, mayClaim, whyNot: mayClaim ? null : 'limit_reached' },
        };
      });
      return { items, nextCursor: null };
    },

    receiveCoupon: async (caller: User, templateId: string) => {
      const template = catalogue.template(templateId);
      if (template === null || template.audience !== 'all') throw new Error('coupon.not_found');
      return { coupon: couponView(await store.commit(() => giveCoupon(template, caller.id))) };
    },

    quote: (caller: User, asked: Asked) => {
      const { coupon: _, ...quote } = priceLines(caller, asked);
      const account = store.read<Account>('pointsAccounts', caller.id);
      const points = { count: 0, offFen: 0, countMax: account?.available ?? 0 };
      return { ...quote, points, payWindowMs: PAY_WINDOW_MS, rejected: [] };
    },

    createOrder: async (caller: User, asked: Asked) => {
      const { id: userId, openid } = caller;
      const order = await store.commit((): Order => {
        const { coupon, ...priced } = priceLines(caller, asked);
        if (priced.payableFen !== asked.shownFen) throw new Error('order.price_changed');
        const [count] = pending.get([userId]) as [number];
        if (count >= PENDING_MAX) throw new Error('order.too_many_pending');
        const now = Date.now();
        const placed = {
          ...{ id: asked.orderId, userId, ...priced, createdAtMs: now },
          state: 'pending' as const,
          ...{ expiresAtMs: now + PAY_WINDOW_MS, paidAtMs: null, closedAtMs: null, closeReason: null },
          ...{ platform: asked.platform, refundingFen: 0, refundedFen: 0, lineRefunds: [], revoked: [] },
        };
        if (!store.insert('orders', placed)) return ownOrder(caller, placed.id);
        const amountFen = priced.payableFen;
        const opened = { state: 'created', openid, amountFen, prepayId: null, transactionId: null };
        store.insert('payments', { id: placed.id, ...opened });
        if (coupon !== null)
          store.update('coupons', { ...coupon, state: 'locked', orderId: placed.id, updatedAtMs: now });
        return placed;
      });
      return { order: orderView(order) };
    },

    payOrder: async (caller: User, id: string) => {
      const order = ownOrder(caller, id);
      if (order.state !== 'pending' || order.expiresAtMs <= Date.now()) throw new Error('order.not_pending');
      for (const { productId } of order.lines)
        if (access(caller.id, productId) !== null) throw new Error('product.already_owned');
      const expire = new Date(order.expiresAtMs + 8 * 3_600_000).toISOString().slice(0, 19);
      const prepayId = await outside.openPayment({
        description: `知课 ${order.lines[0]?.title}`,
        out_trade_no: id,
        time_expire: `${expire}+08:00`,
        amount: { total: order.payableFen, currency: 'CNY' },
        payer: { openid: caller.openid },
      });
      await store.commit(() => {
        const payment = store.read<Payment>('payments', id);
        if (payment?.state === 'created')
          store.update('payments', { ...payment, state: 'prepaid', prepayId });
      });
      return { payment: outside.phonePayment(prepayId) };
    },

    /** Takes a notice of WeChat Pay. */
    settle: async (headers: IncomingHttpHeaders, body: Buffer) => {
      const news = outside.readNotice(headers, body);
      const { out_trade_no: orderId, transaction_id: transactionId, amount } = news;
      if (news.trade_state !== 'SUCCESS') return;
      await store.commit(() => {
        const order = store.read<Order>('orders', orderId);
        const payment = store.read<Payment>('payments', orderId);
        if (order === null || payment === null) throw new Error('notice.order_unknown');
        if (amount.total !== payment.amountFen || amount.currency !== 'CNY') throw new Error('amount');
        const paidAtMs = Date.parse(news.success_time);
        const receipt = {
          id: `wxpay:${transactionId}`,
          orderId,
          transactionId,
          amountFen: amount.total,
          paidAtMs,
        };
        if (!store.insert('receipts', { ...receipt, receivedAtMs: Date.now() })) return;
        if (order.state === 'pending') pay(order, payment, transactionId, paidAtMs);
      });
    },

    order: (caller: User, id: string) => ({ order: orderView(ownOrder(caller, id)) }),

    openLesson: async (caller: User, id: string) => {
      const lesson = catalogue.lesson(id);
      if (lesson === null) throw new Error('lesson.not_found');
      const { productId, mediaKey, ...shown } = lesson;
      const now = Date.now();
      await store.commit(() => {
        if (access(caller.id, productId) === null) throw new Error('lesson.not_owned');
        const usageId = `${caller.id}:${productId}`;
        const before = store.read<{ readonly id: string; readonly opened: readonly string[] }>(
          'usages',
          usageId,
        );
        if (before?.opened.includes(id)) return;
        const opened = { opened: [...(before?.opened ?? []), id], updatedAtMs: now };
        if (before === null) store.insert('usages', { id: usageId, firstOpenedAtMs: now, ...opened });
        else store.update('usages', { ...before, ...opened });
      });
      const mediaExpiresAtMs = catalogue.mediaEndMs(lesson, now);
      const mediaUrl = mediaKey === null ? null : outside.signedUrl(url, mediaKey, mediaExpiresAtMs);
      return { ...shown, productId, mediaUrl, mediaExpiresAtMs };
    },

    points: (caller: User) => {
      const account = store.read<Account>('pointsAccounts', caller.id);
      const rows = ledger.all([caller.id]).map((row): PointsEntry => JSON.parse((row as string[])[0] ?? ''));
      const items = rows.map(({ userId: _, postings, availableAfter, ...entry }) => {
        const delta = postings.find(([name]) => name === 'available')?.[1] ?? 0;
        const after = { heldAfter: 0, debtAfter: 0, pendingAfter: 0, reason: null };
        return { ...entry, ...after, delta, balanceAfter: availableAfter };
      });
      const expiringSoon = { count: 0, firstAtMs: null };
      const owed = { held: 0, debt: 0, pending: 0 };
      return { balance: account?.available ?? 0, ...owed, expiringSoon, ledger: { items, nextCursor: null } };
    },
  };
}
