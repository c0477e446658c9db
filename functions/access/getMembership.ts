import * as z from 'zod';
import { showMembership } from '../../shared/flows/access/showMembership.ts';
import { http } from '../../shared/function.ts';
import { MembershipView } from '../../shared/schemas/access/membership.ts';

/** Shows the caller's memberships, past and present: until when each lasts, and every period that it is made of. */
export const getMembership = http(
  {
    route: 'GET /api/me/membership',
    auth: 'member',
    input: z.strictObject({}),
    output: MembershipView,
    errors: [],
  },
  ({ user, now, ports }) => showMembership(ports, user.id, now),
);
