import * as z from 'zod';
import * as profiles from '../../shared/data/identity/profiles.ts';
import * as users from '../../shared/data/identity/users.ts';
import { showProfile } from '../../shared/flows/identity/showProfile.ts';
import { http } from '../../shared/function.ts';
import { ProfileView } from '../../shared/schemas/identity/profile.ts';

/** Shows the caller the name and the picture that they chose, what others see of them, and where the check stands. */
export const getProfile = http(
  {
    route: 'GET /api/me/profile',
    auth: 'member',
    input: z.strictObject({}),
    output: z.object({ profile: ProfileView }),
    errors: [],
    cost: 'signature',
  },
  async ({ user: { id }, now, ports }) => {
    const user = await users.get(ports.database, id);
    const profile = await profiles.find(ports.database, id);
    return { profile: await showProfile(ports, { user, profile }, now) };
  },
);
