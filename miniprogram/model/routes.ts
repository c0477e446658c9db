/** The addresses of the pages. */
import type { ProductKind } from '../../client/types.ts';

const query = (values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');

/** Pages of the main package and of `own/`. */
export const routes = {
  home: '/pages/home/home',
  list: '/pages/list/list',
  learn: '/pages/learn/learn',
  me: '/pages/me/me',
  /** A product of any kind. Who knows the kind saves a question. */
  detail: (id: string, kind: ProductKind | '' = '') => `/pages/detail/detail?${query({ id, kind })}`,
  login: '/own/login/login',
  profile: '/own/profile/profile',
  privacy: '/own/privacy/privacy',
  /** A text that people agree to. */
  terms: (kind: string) => `/own/terms/terms?${query({ kind })}`,
  about: '/own/about/about',
} as const;

/** Pages of `buy/`. */
export const buyRoutes = {
  cart: '/buy/cart/cart',
  /** With `gifts` that many copies of the one product are bought for friends. */
  checkout: (productIds: readonly string[], gifts = 0) =>
    `/buy/checkout/checkout?${query({ ids: productIds.join(','), gifts: gifts > 0 ? String(gifts) : '' })}`,
  /** The payment of an order. `because` says why it was not paid at once. */
  pay: (orderId: string, because = '') => `/buy/pay/pay?${query({ id: orderId, because })}`,
  orders: '/buy/orders/orders',
  order: (orderId: string) => `/buy/order/order?${query({ id: orderId })}`,
  refund: (orderId: string) => `/buy/refund/refund?${query({ id: orderId })}`,
  coupons: '/buy/coupons/coupons',
  points: '/buy/points/points',
  membership: '/buy/membership/membership',
  code: '/buy/code/code',
  gift: '/buy/gift/gift',
  /** What a friend opens who was sent a gift. */
  claim: (token: string) => `/buy/claim/claim?${query({ token })}`,
} as const;
