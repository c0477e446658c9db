import * as z from 'zod';
import { event } from '../shared/event.ts';
import { TemplateId, UserId } from '../shared/schemas/base.ts';

/** A user is to be given a coupon without claiming it. Key: `<template id>:<user id>:<cause>`. */
export const couponGrantRequested = event({
  name: 'coupon.grant_requested',
  version: 1,
  schema: z.object({ userId: UserId, templateId: TemplateId, cause: z.enum(['welcome']) }),
  example: {
    userId: 'usr_01JD0000000000000000000001',
    templateId: 'tpl_01JD0000000000000000000003',
    cause: 'welcome',
  },
});
