/** What a role is offered. The server judges. */
import { permissions } from '../../client/permissions.ts';
import { type OperationName, operationOf } from './schema.ts';

/** A role that a user can have. */
export type RoleName = keyof typeof permissions;

/** Whether a role has a right, such as `refund.approve`. */
export function mayDo(role: RoleName, action: string): boolean {
  const actions: readonly string[] = permissions[role];
  return actions.includes(action);
}

/** Whether a role may call an operation. What any user may call, any role may. */
export function mayCall(role: RoleName, name: OperationName): boolean {
  const { may } = operationOf(name);
  return may === undefined || mayDo(role, may);
}
