/** The addresses of the pages. */
import type { OrderState, ProductKind } from '../../client/types.ts';

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
  inbox: '/own/inbox/inbox',
  feedback: '/own/feedback/feedback',
} as const;

/** Pages of `buy/`. */
export const buyRoutes = {
  cart: '/buy/cart/cart',
  /** With `gifts` that many copies of the one product are bought for friends. */
  checkout: (productIds: readonly string[], gifts = 0) =>
    `/buy/checkout/checkout?${query({ ids: productIds.join(','), gifts: gifts > 0 ? String(gifts) : '' })}`,
  /** The payment of an order. `because` says why it was not paid at once. */
  pay: (orderId: string, because = '') => `/buy/pay/pay?${query({ id: orderId, because })}`,
  /** All orders, or those in one state. */
  orders: (state: OrderState | '' = '') => `/buy/orders/orders?${query({ state })}`,
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

/** Pages of `study/`. */
export const studyRoutes = {
  /** A lesson that is played. Without a lesson the course goes on where one was last. */
  player: (courseId: string, lessonId = '') =>
    `/study/player/player?${query({ course: courseId, id: lessonId })}`,
  /** A sound or film that is sold on its own. */
  media: (productId: string) => `/study/player/player?${query({ product: productId })}`,
  /** A lesson that is read. */
  reader: (courseId: string, lessonId: string) =>
    `/study/reader/reader?${query({ course: courseId, id: lessonId })}`,
  certificates: '/study/certificates/certificates',
  /** The certificate of a course. */
  certificate: (courseId: string) => `/study/certificate/certificate?${query({ course: courseId })}`,
  /** What anybody opens who was shown a certificate. */
  verified: (number: string) => `/study/certificate/certificate?${query({ number })}`,
  /** The quiz of a lesson. */
  quiz: (courseId: string, lessonId: string) =>
    `/study/quiz/quiz?${query({ course: courseId, id: lessonId })}`,
  /** Somebody's own notes on a lesson. `second` is where they are in it. */
  notes: (lessonId: string, second: number) =>
    `/study/notes/notes?${query({ id: lessonId, second: String(Math.floor(second)) })}`,
  /** An e-book, report or article. */
  content: (productId: string) => `/study/reader/reader?${query({ product: productId })}`,
} as const;

/** Pages of `talk/`. */
export const talkRoutes = {
  /** What is said in a thread: `product:prd_…`. */
  comments: (threadId: string) => {
    const [kind = '', about = ''] = threadId.split(':');
    return `/talk/comments/comments?${query({ kind, about })}`;
  },
  /** The replies to a comment. */
  replies: (commentId: string) => `/talk/comments/comments?${query({ id: commentId })}`,
  /** The groups that somebody may enter, and the open ones. */
  groups: '/talk/groups/groups',
  group: (groupId: string) => `/talk/group/group?${query({ id: groupId })}`,
  topic: (topicId: string) => `/talk/topic/topic?${query({ id: topicId })}`,
  /** Where a topic of a group is written. */
  write: (groupId: string) => `/talk/write/write?${query({ group: groupId })}`,
  /** Where one of one's own topics is changed. */
  rewrite: (topicId: string) => `/talk/write/write?${query({ id: topicId })}`,
  /** Somebody's own topics. */
  myTopics: '/talk/myTopics/myTopics',
  /** Somebody's own comments. */
  mine: '/talk/mine/mine',
  /** Where something stands that somebody wrote, `comment:cmt_…`, and the way to appeal. */
  appeal: (target: string) => `/talk/appeal/appeal?${query({ target })}`,
  /** Whom somebody leaves out of what they read. */
  blocks: '/talk/blocks/blocks',
  /** What who was sent a drop of coupons opens. */
  drop: (id: string) => `/talk/drop/drop?${query({ id })}`,
  articles: '/talk/articles/articles',
  article: (id: string) => `/talk/article/article?${query({ id })}`,
} as const;

/** Where a product is used that somebody has; its own page when it has none for that. */
export function wayToStudy(id: string, kind: ProductKind): string {
  switch (kind) {
    case 'course':
      return studyRoutes.player(id);
    case 'media':
      return studyRoutes.media(id);
    case 'content':
      return studyRoutes.content(id);
    default:
      return routes.detail(id, kind);
  }
}
