/** What is done with a person. */
import type { WriterView } from '../client/types.ts';
import type { Output } from './engine/desk.ts';
import { type Action, action } from './engine/view.ts';
import * as when from './when.ts';

const ENROLMENT = '设置码只显示这一次，24 小时内有效。请当面交给本人，用于设置双重验证。';

/** The code with which an appointed person sets up a second factor, told once; null when they have one. */
export const enrolmentTold = ({ enrolmentCode }: { readonly enrolmentCode: string | null }) =>
  enrolmentCode === null ? null : { title: '设置码', about: ENROLMENT, texts: [enrolmentCode] };

/** What is done with somebody who writes. */
export const writerActions = [
  action('endSuspension', {
    title: '解除暂停发布',
    when: (writer: WriterView, me) => when.isSuspended(writer, me),
    given: ({ userId }) => ({ userId }),
    note: '解除后可以立即发布。下架记录仍然保留，再次被下架会重新暂停。',
  }),
] as const;

/** What is done with a person who was looked at. */
export const userActions = [
  action('banUser', {
    title: '封禁',
    when: ({ user }: Output<'getUser'>, me) => when.mayBan(user, me),
    given: ({ user }) => ({ userId: user.id }),
    note: '封禁后立即退出登录。已购买的内容仍属于该用户。',
  }),
  action('unbanUser', {
    title: '解除封禁',
    when: ({ user }: Output<'getUser'>, me) => when.mayUnban(user, me),
    given: ({ user }) => ({ userId: user.id }),
  }),
  action('setStaffRole', {
    title: '设置角色',
    when: ({ user }: Output<'getUser'>, me) => when.isSomebodyElse(user, me),
    given: ({ user }) => ({ userId: user.id, expectedRole: user.role }),
    tells: enrolmentTold,
  }),
] as readonly unknown[] as readonly Action[];
