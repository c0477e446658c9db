import { Role } from '../../shared/schemas/identity/user.ts';
import { type Person, STAFF_PASSWORD, staff } from '../security/people.ts';
import { exampleOf, findOperation, operationsOf, requestOf } from '../security/routes.ts';
import { at, type Received, type Stack, startStack } from '../security/stack.ts';
import { bar } from './bar.ts';

/** What a staff session with only a password may do: set the factor up, and show it. */
const ENROLS: readonly string[] = ['startSecondFactor', 'confirmSecondFactor', 'showSecondFactor'];

/**
 * The functions that create value, give money back or give rights. They are named here, so that a contract without the
 * second factor is found. An article and a group are words, and give nothing.
 */
const COUNTS =
  /^(addPoints|(grant|extend)\w+|createCodeBatch|publish(?!Article$|Group$)\w+|updateProduct|createRefund|(approve|retry|close)Refund|approveProposal|setStaffRole|resetSecondFactor)$/;

/** What a shop writes by itself meanwhile, such as at night, and the counts of guesses. */
const NOT_BY_STAFF: readonly string[] = ['railGoods', 'looks', 'attempts'];

/** A staff session: with only a password, or with a factor that was shown a while ago. */
interface Session extends Person {
  readonly shown: 'never' | 'stale';
}

/** The answer to a call that changes nothing even if it is let in, because its query has an unknown key. */
async function ask(stack: Stack, { token }: Person, id: string): Promise<Received> {
  const operation = findOperation(id);
  if (operation === null) throw new Error(`there is no ${id}`);
  const input = { ...exampleOf(operation), query: { unknown: '1' } };
  return stack.send(requestOf(operation, input, token));
}

/** What is wrong with the answers that one session gets from every staff route. */
async function askAll(stack: Stack, session: Session): Promise<{ asked: number; wrong: string[] }> {
  const wrong: string[] = [];
  const operations = operationsOf('staff');
  for (const [, { id }] of operations) {
    const { code, json } = await ask(stack, session, id);
    const need = code === 'auth.second_factor_required' ? at(json, 'error', 'params', 'need') : null;
    const isEnrolling = ENROLS.includes(id);
    const expected = session.shown === 'never' ? 'enrol' : COUNTS.test(id) ? 'fresh' : null;
    const isRight =
      code === 'auth.forbidden' ||
      need === (isEnrolling ? null : expected) ||
      (expected === null && need === 'fresh');
    if (!isRight) wrong.push(`${session.role}, ${session.shown} shown: ${id} answered ${code} ${need}`);
  }
  return { asked: operations.length, wrong };
}

/** A caller who knows a user name and its password, but no enrolment code, tries to set up the factor. */
async function tryToEnrol(stack: Stack, { name, token, role }: Person): Promise<string[]> {
  const post = (path: string, body: object) =>
    stack.send({ method: 'POST', target: `/api/admin/second-factor${path}`, token, body });
  const begin = { userName: name, password: STAFF_PASSWORD, enrolmentCode: 'AAAA-BBBB-CCCC-DDDD' };
  const tries: readonly (readonly [string, object, string])[] = [
    ['', begin, 'auth.enrolment_code_wrong'],
    ['/confirm', { oneTimeCode: '123456' }, 'factor.not_started'],
    ['/show', { secondFactor: { oneTimeCode: '123456' } }, 'factor.not_started'],
    ['/replace', { secondFactor: { oneTimeCode: '123456' } }, 'auth.second_factor_required'],
  ];
  const wrong: string[] = [];
  for (const [path, body, code] of tries) {
    const answer = await post(path, body);
    if (answer.code !== code) wrong.push(`${role}: POST second-factor${path} answered ${answer.code}`);
  }
  return wrong;
}

/** Over HTTP, against the product in its own process. */
export const R40 = bar({
  proves:
    'a session of the staff with a password alone can do nothing but enrol, and a stale factor makes no value',
  flags: {},
  brief: {},
  run: async ({ note }) => {
    const stack = await startStack();
    try {
      const sessions: Session[] = [];
      for (const role of Role.options.filter((one) => one !== 'learner')) {
        for (const shown of ['never', 'stale'] as const) {
          const person = await staff(stack, role, `${role}-${shown}`, { secondFactor: shown === 'stale' });
          if (shown === 'stale') stack.store.showSecondFactor(person.token, Date.now() - 600_000);
          sessions.push({ ...person, shown });
        }
      }
      await stack.store.settled();
      const before = stack.store.digests();
      const violations: string[] = [];
      let calls = 0;
      for (const session of sessions) {
        const { asked, wrong } = await askAll(stack, session);
        calls += asked;
        violations.push(...wrong);
        if (session.shown === 'never') violations.push(...(await tryToEnrol(stack, session)));
        note(`${session.role}, ${session.shown}: ${asked} routes`);
      }
      await stack.store.settled();
      for (const [name, digest] of stack.store.digests()) {
        if (!NOT_BY_STAFF.includes(name) && before.get(name) !== digest)
          violations.push(`${name} was written`);
      }
      violations.push(...stack.insane);
      return {
        pass: violations.length === 0 && calls > 0,
        measured: { sessions: sessions.length, calls, violations },
      };
    } finally {
      await stack.stop();
    }
  },
});
