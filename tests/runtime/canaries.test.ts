import * as z from 'zod';
import { orderPaid } from '../../events/orderPaid.ts';
import { getMe } from '../../functions/identity/getMe.ts';
import { login } from '../../functions/identity/login.ts';
import { loginWithPassword } from '../../functions/identity/loginWithPassword.ts';
import { register } from '../../functions/identity/register.ts';
import { jsonLog } from '../../shared/adapters/process/log.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { fail } from '../../shared/errors.ts';
import { fact } from '../../shared/event.ts';
import { consumer, http } from '../../shared/function.ts';
import { DuplicateId } from '../../shared/ports/database.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
afterEach(() => world.close());

/** Everything that the world has logged so far, as production would write it. */
function written(): string {
  let text = '';
  const flushes: (() => void)[] = [];
  const log = jsonLog({
    clock: world.clock,
    write: (lines) => {
      text += lines;
    },
    schedule: (flush) => flushes.push(flush),
  });
  for (const { level, ...record } of world.logs) log.write(level, record);
  for (const flush of flushes) flush();
  return text;
}

test('a session’s token, an openid, a login code, a password and a phone number are in no line, whatever goes wrong', async () => {
  const password = 'a-canary-password-38';
  const phone = '13812345678';
  const failing = consumer({ on: orderPaid }, async () => {
    throw new DuplicateId('identities', `wx:${openid}`);
  });
  world = await createWorld({ consumers: { accruePoints: failing, grantEntitlement: failing } });
  const { token, openid } = await world.login('canary');
  const throwing = http(
    {
      route: 'POST /api/throw',
      auth: 'member',
      input: z.strictObject({ phone: z.string() }),
      output: z.object({}),
      errors: ['auth.code_invalid'],
    },
    async ({ input, ports, now, requestId }) => {
      await ports.database.tx((tx) =>
        tasks.append(tx, [fact(orderPaid, 'k', orderPaid.example)], { now, requestId }),
      );
      const cause = new Error(`payer ${openid}, tel ${input.phone}, token ${token}`);
      throw fail('auth.code_invalid', { detail: `js_code=canary-code of ${openid}`, cause });
    },
  );

  await world.call(getMe, {}, { token });
  await world.call(getMe, {}, { token: `${token}x` });
  await world.call(getMe, {}, { headers: { authorization: token } });
  await world.call(login, { code: 'canary-code' });
  await world.call(register, { userName: 'canary', password, phone });
  await world.call(register, { userName: phone, password });
  await world.call(register, { userName: phone, password });
  await world.call(loginWithPassword, { userName: phone, password });
  await world.call(throwing, { phone }, { token });
  await world.drain();

  const text = written();
  expect(text.split('\n').length).toBeGreaterThan(9);
  for (const canary of [token, openid, password, phone, 'canary-code']) {
    expect(canary.length).toBeGreaterThan(8);
    expect(text).not.toContain(canary);
  }
});
