/** Logs in: silently by WeChat, once at a time. */
import { createClient } from '../../client/client.ts';
import type { LoginCode, LoginView } from '../../client/types.ts';
import { LostAnswer, send } from './send.ts';
import { keepSession } from './session.ts';

const client = createClient({ baseUrl: API_URL, request: send });

let ongoing: Promise<LoginView> | null = null;

/**
 * A new code of `wx.login`. It is asked for at a login and right before a payment only, because each new code may end
 * the session key that the server signs with. WeChat gives none without a network.
 * @throws LostAnswer when there was no code
 */
export async function freshCode(): Promise<LoginCode> {
  try {
    return (await wx.login()).code;
  } catch {
    throw new LostAnswer('wx.login');
  }
}

async function ask(): Promise<LoginView> {
  const view = await client.login({ code: await freshCode() });
  keepSession(view, 'wechat');
  return view;
}

/**
 * Logs in by WeChat, and creates the user when they are new. Whoever asks while a login is under way gets the same one.
 * @throws ZhikeError, LostAnswer
 */
export function login(): Promise<LoginView> {
  if (ongoing === null) {
    const ended = () => {
      ongoing = null;
    };
    ongoing = ask();
    ongoing.then(ended, ended);
  }
  return ongoing;
}
