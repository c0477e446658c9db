import * as z from 'zod';
import { http } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { Talk } from '../../shared/schemas/talk/talk.ts';

/** Tells which features of talking are switched on, so that a client shows no way to those that are off. */
export const getFeatures = http(
  {
    route: 'GET /api/features',
    auth: 'public',
    input: z.strictObject({}),
    output: Talk,
    errors: [],
    cacheMs: MINUTE_MS,
  },
  async ({ ports }) => ports.settings.talk,
);
