/** Who wrote something, as everybody sees it. */
import * as z from 'zod';
import { User } from '../identity/user.ts';

/** The name and the picture that others see of a user. The link to the picture is good for an hour. */
export const AuthorView = User.pick({ id: true, nickname: true }).extend({
  avatarUrl: z.string().nullable(),
});
export type AuthorView = z.infer<typeof AuthorView>;
