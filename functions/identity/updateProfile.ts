import * as z from 'zod';
import * as users from '../../shared/data/identity/users.ts';
import { showProfile } from '../../shared/flows/identity/showProfile.ts';
import { submitProfile } from '../../shared/flows/identity/submitProfile.ts';
import { http } from '../../shared/function.ts';
import { DAY_MS, UploadId } from '../../shared/schemas/base.ts';
import { ProfileView } from '../../shared/schemas/identity/profile.ts';
import { Nickname } from '../../shared/schemas/identity/user.ts';

/**
 * Chooses the caller's name and picture. Fields that are not given stay. The picture is an upload of theirs, or null
 * for none.
 *
 * Others see them once they have passed the check, and what passed before until then. The same again changes nothing.
 */
export const updateProfile = http(
  {
    route: 'PATCH /api/me/profile',
    auth: 'member',
    input: z.strictObject({ nickname: Nickname.optional(), avatarId: UploadId.nullable().optional() }),
    output: z.object({ profile: ProfileView }),
    errors: ['upload.not_found', 'review.not_editable'],
    cost: 'signature',
    limit: { max: 20, windowMs: DAY_MS },
  },
  async ({ input: change, user: { id }, now, ports, requestId }) => {
    const origins = ports.settings.corsOrigins;
    const changed = await ports.database.tx(async (tx) => {
      const user = await users.get(tx, id);
      return { user, profile: await submitProfile(tx, { user, change, origins }, { now, requestId }) };
    });
    return { profile: await showProfile(ports, changed, now) };
  },
);
