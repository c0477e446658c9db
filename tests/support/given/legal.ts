/** Publishes texts that people agree to. */
import { publishLegalText } from '../../../functions/admin/identity/publishLegalText.ts';
import type { LegalKind } from '../../../shared/schemas/identity/legal.ts';
import type { World } from '../world.ts';
import { givenStaff, type Staff } from './staff.ts';

/** Publishes a version of a text, in the place of `replaces`. Answers what the call answered. */
export async function publishText(
  world: World,
  kind: LegalKind,
  version: string,
  changes: { replaces?: string | null; asksAgain?: boolean; body?: string; by?: Staff } = {},
) {
  const { by = await givenStaff(world, 'admin'), ...rest } = changes;
  const text = { kind, version, title: '用户协议', body: `第 ${version} 版`, asksAgain: true };
  const asked = { ...text, replaces: null, reason: '法务已确认', ...rest };
  return world.call(publishLegalText, asked, { token: by.token });
}
