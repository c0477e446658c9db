/** Appoints staff in a store. */
import { createStaff, giveFactor, type NewFactor, setRole } from '../flows/identity/appointStaff.ts';
import type { UserId } from '../schemas/base.ts';
import type { Role } from '../schemas/identity/user.ts';

/** Who gets which role: a new user with a password, or one who exists. */
export interface Appointment {
  readonly who: { readonly userName: string; readonly password: string } | { readonly userId: UserId };
  readonly role: Role;
  /** Whether an existing second factor is replaced. */
  readonly replaces: boolean;
}

/** What was done. The factor is shown once, to who asked, and never logged. */
export interface Appointed {
  readonly line: string;
  readonly factor: NewFactor | null;
}

/** Gives a role, and a second factor to who has none. @throws user.password_weak, user.name_taken, user.not_found */
export async function appointStaff(
  ports: Parameters<typeof giveFactor>[0],
  { who, role, replaces }: Appointment,
): Promise<Appointed> {
  const user = await ('userId' in who
    ? setRole(ports, { ...who, role })
    : createStaff(ports, { ...who, role }));
  const factor = await giveFactor(ports, { userId: user.id, replaces });
  return { line: `${user.id} ${user.nickname}: ${user.role}`, factor };
}
