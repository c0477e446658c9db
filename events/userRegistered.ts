import * as z from 'zod';
import { event } from '../shared/event.ts';
import { TimeMs, UserId } from '../shared/schemas/base.ts';

/** A new user was created, by WeChat or by user name. Key: the user's id. */
export const userRegistered = event({
  name: 'user.registered',
  version: 1,
  schema: z.object({ userId: UserId, via: z.enum(['wechat', 'password']), registeredAtMs: TimeMs }),
  example: {
    userId: 'usr_01JD0000000000000000000001',
    via: 'wechat',
    registeredAtMs: 1_795_000_000_000,
  },
});
