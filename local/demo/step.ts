/** What the steps of the demo are made of. */
import { ZhikeError } from '../../client/client.ts';
import type { DrivenPhone } from '../phone/driver.ts';

/** How long anything that happens by itself may take. */
export const WAIT_MAX_MS = 15_000;

/** A step: its title, and what checks the answers and returns the text to show. */
export type Step = readonly [title: string, run: () => Promise<string>];

/** An answer that is not the right one. */
export class Wrong extends Error {}

/** @throws Wrong when it does not hold */
export function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Wrong(otherwise);
}

/** Repeats a request until its answer is right, because effects and callbacks arrive a moment later. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  isRight: (answer: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + WAIT_MAX_MS;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    check(Date.now() < deadline, `${what} did not happen within ${WAIT_MAX_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The error code with which a call is refused. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (caught) {
    if (caught instanceof ZhikeError) return caught.code;
    throw caught;
  }
  return 'nothing: it was allowed';
}

/** Posts to the simulators. @throws Wrong when the status is not 200 */
export async function post<T>(url: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  check(response.ok, `${url} answered ${response.status}: ${await response.clone().text()}`);
  return (await response.json()) as T;
}

/** Goes to another page of the mini-program, as from the list of what was open. */
export const visit = (phone: DrivenPhone, path: string) => phone.away(0, path);

/** Pays on the page in front, by a double tap, and waits until the page of the paid order is there. */
export async function pay(phone: DrivenPhone): Promise<string> {
  await phone.tapTwice({ tag: 'button', has: '支付 ¥' });
  await until(
    'paying',
    () => phone.pass(500),
    () => phone.route === 'buy/order/order' && phone.text.startsWith('已支付'),
  );
  return phone.page.query.id ?? '';
}
