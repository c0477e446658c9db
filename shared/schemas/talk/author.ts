/** Who wrote something, as everybody sees it. */
import type * as z from 'zod';
import { User } from '../identity/user.ts';

/** The name and the picture that others see of a user. */
export const AuthorView = User.pick({ id: true, nickname: true, avatarUrl: true });
export type AuthorView = z.infer<typeof AuthorView>;
