/** The backend, for pages. */
import { createClient } from '../../client/client.ts';
import type { ClientAnswer, ClientRequest } from '../../client/request.ts';
import { login } from './login.ts';
import { send } from './send.ts';
import { dropSession, mayLoginSilently, session } from './session.ts';

/** Whether an answer says that somebody has to log in. */
function isLoginNeeded({ status, body }: ClientAnswer): boolean {
  return status === 401 && body.includes('"auth.required"');
}

const bearer = (token: string) => `Bearer ${token}`;

/**
 * Sends a request for whoever is logged in. When the server asks for a login, WeChat logs in silently and the same
 * request is sent once more, with the same ids in it. So a session that ends in the middle of a purchase places no
 * second order.
 */
async function sendLoggedIn(request: ClientRequest): Promise<ClientAnswer> {
  const answer = await send(request);
  if (!isLoginNeeded(answer)) return answer;
  const now = session();
  const isStillUsed = now === null || request.headers.authorization === bearer(now.token);
  if (isStillUsed) {
    if (!mayLoginSilently()) {
      if (now !== null) dropSession();
      return answer;
    }
    await login();
  }
  const token = session()?.token;
  if (token === undefined) return answer;
  return send({ ...request, headers: { ...request.headers, authorization: bearer(token) } });
}

/** One method for each function of the backend. It logs in by itself when that is needed and possible. */
export const client = createClient({
  baseUrl: API_URL,
  request: sendLoggedIn,
  token: () => session()?.token ?? null,
});
