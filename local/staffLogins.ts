/** Answers the start page how the staff of this laptop log in now. Only its own pages may ask. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../shared/ports/clock.ts';
import { oneTimeCode, STEP_MS } from './authenticator.ts';
import { refusedAsForeign } from './phoneForward.ts';
import type { ShownStaff } from './staff.ts';

/**
 * Makes what answers `GET /staff.json`; false for any other path, and for this one where no staff are shown. The answer
 * has the instant, for how many milliseconds the codes are shown, and each member's user name, password and code.
 */
export function loginsOf(
  staff: ShownStaff,
  clock: Clock,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<boolean> {
  return async (incoming, outgoing) => {
    if (typeof staff === 'string' || incoming.method !== 'GET' || incoming.url !== '/staff.json')
      return false;
    if (refusedAsForeign(incoming, outgoing)) return true;
    const nowMs = clock.now();
    const logins = staff.map(({ userName, password, app }) => ({
      ...{ userName, password, code: oneTimeCode(app, nowMs) },
    }));
    outgoing
      .writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
      .end(JSON.stringify({ nowMs, leftMs: STEP_MS - (nowMs % STEP_MS), logins }));
    return true;
  };
}
