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
  checkout: (productIds: readonly string[]) =>
    `/buy/checkout/checkout?${query({ ids: productIds.join(',') })}`,
  orders: '/buy/orders/orders',
  coupons: '/buy/coupons/coupons',
  points: '/buy/points/points',
  membership: '/buy/membership/membership',
  code: '/buy/code/code',
  gift: '/buy/gift/gift',
} as const;
