/**
 * The areas, each a folder in every layer. They stand in the order in which first a learner and then the staff meet
 * them.
 */
export const areas = {
  identity: {
    title: 'Identity',
    chinese: '身份',
    about: 'who somebody is: logging in, sessions, staff, second factors',
  },
  catalogue: { title: 'Catalogue', chinese: '商品', about: 'what is sold: courses, products, search' },
  pricing: { title: 'Pricing', chinese: '定价', about: 'what it costs: quotes, campaigns, flash sales' },
  orders: { title: 'Orders', chinese: '订单', about: 'what somebody buys: the cart, orders and their end' },
  payments: {
    title: 'Payments',
    chinese: '支付',
    about: 'money that comes: opening, notices, questions, delivery',
  },
  refunds: {
    title: 'Refunds',
    chinese: '退款',
    about: 'money that goes back, by policy, staff or the platform',
  },
  coupons: {
    title: 'Coupons',
    chinese: '优惠券',
    about: 'templates, and the coupons that people have of them',
  },
  points: { title: 'Points', chinese: '积分', about: 'the ledger of points: earned, spent, ended' },
  access: {
    title: 'Access',
    chinese: '学习权限',
    about: 'who may use what: lessons, memberships, gifts, codes',
  },
  learning: {
    title: 'Learning',
    chinese: '学习',
    about: 'what was learned: progress, quizzes, certificates, notes',
  },
  talk: {
    title: 'Talk',
    chinese: '讨论',
    about: 'what people write to each other: comments, topics, groups; articles, drops',
  },
  questions: {
    title: 'Questions',
    chinese: '付费提问',
    about: 'questions that are paid for: experts, asking, answering, who gets the money',
  },
  review: {
    title: 'Review',
    chinese: '审核',
    about: 'what is checked before others see it: verdicts, decisions, appeals, marks, who may write',
  },
  shares: {
    title: 'Shares',
    chinese: '分享',
    about: 'links that people pass on: who came and bought by them',
  },
  inbox: {
    title: 'Inbox',
    chinese: '消息',
    about: 'what the shop tells its users, in the mini-program and by WeChat',
  },
  feedback: {
    title: 'Feedback',
    chinese: '反馈',
    about: 'what people tell the shop, and its answers',
  },
  books: {
    title: 'Books',
    chinese: '账务',
    about: 'the journal, and the bills of the rails held against it',
  },
  operations: {
    title: 'Operations',
    chinese: '运营',
    about: 'cases, tasks, pushes, goods, the audit log, exports, what looks after the rest',
  },
} as const;

/** The name of an area, which is the name of its folders. */
export type Area = keyof typeof areas;

/** Every area's name, in order. */
export const AREAS = Object.keys(areas) as readonly Area[];

/** The layers that have a folder for each area. Files that belong to every area stay at the root of their layer. */
export const LAYERS_WITH_AREAS = [
  'functions/admin',
  'functions',
  'shared/schemas',
  'shared/domain',
  'shared/flows',
  'shared/data',
] as const;

/** The area of a function's file; null when the file is in no area. */
export function areaOf(file: string): Area | null {
  const folder = /^functions\/(?:admin\/)?(\w+)\/\w+\.ts$/.exec(file)?.[1];
  return AREAS.find((area) => area === folder) ?? null;
}
