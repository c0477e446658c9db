/** Mistakes in views that must not compile. `tsc -p console` fails when one of them does. */
import type { Case } from '../../client/types.ts';
import { action, detail, list, panel } from '../../console/engine/view.ts';

/** Each line below `@ts-expect-error` is a mistake that somebody could make. */
export const mistakes = [
  list('listCases', '/cases', '运营', {
    title: '工单',
    // @ts-expect-error: a case has no such column
    columns: ['kind', 'sum'],
  }),
  list('listCases', '/cases', '运营', {
    title: '工单',
    columns: ['kind'],
    // @ts-expect-error: cases are not filtered by this
    filters: ['userId'],
  }),
  list('listCases', '/cases', '运营', {
    title: '工单',
    columns: ['kind'],
    actions: [
      // @ts-expect-error: a case is no task
      action('buryTask', {
        title: '放弃',
        given: ({ consumer }: { readonly consumer: string }) => ({ taskId: consumer }),
      }),
    ],
  }),
  // @ts-expect-error: the input has no such field
  action('closeCase', { title: '关闭', given: ({ id }: Case) => ({ refundId: id }) }),
  detail('getUser', '/users/:key', '用户', {
    title: '用户',
    input: (userId) => ({ userId }),
    heading: ({ user }) => user.nickname,
    // @ts-expect-error: a user has no such fact
    facts: ['user.password'],
  }),
  panel('listCouponsOf', {
    title: '优惠券',
    // @ts-expect-error: it asks for a user
    input: (orderId) => ({ orderId }),
    columns: ['title'],
  }),
];
