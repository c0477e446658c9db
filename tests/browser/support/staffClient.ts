import { createStaffClient } from '../../../client/staff.ts';
import type { Shop, StaffRole } from './shop.ts';

/** Staff's own client, logged in by a name, a password and a code. */
export async function logInStaff(shop: Shop, role: StaffRole): Promise<ReturnType<typeof createStaffClient>> {
  let token: string | null = null;
  const client = createStaffClient({ baseUrl: shop.url, token: () => token });
  const { userName, password, code } = shop.staff[role];
  token = (
    await client.loginWithPassword({ userName, password, secondFactor: { oneTimeCode: await code() } })
  ).token;
  return client;
}
