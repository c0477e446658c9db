import type { ClientAnswer, ClientRequest } from '../../client/transport.ts';
import { Desk, personAsked, troubleOf } from '../../console/engine/desk.ts';
import { Latest } from '../../console/engine/latest.ts';
import { IDLE_MS, type TabStorage } from '../../console/engine/session.ts';
import { seeded } from '../support/seeded.ts';

const START_MS = 1_796_000_000_000;
const USER_ID = 'usr_01M8MACF36FDYJD0YY9RGF6P50';
const USER = { id: USER_ID, nickname: '李', role: 'finance' as const };

function tab(): TabStorage {
  const kept = new Map<string, string>();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => kept.set(name, text),
    removeItem: (name) => kept.delete(name),
  };
}

const good = (data: unknown): ClientAnswer => ({
  status: 200,
  headers: {},
  body: JSON.stringify({ requestId: 'req_1', data }),
});
const refusal = (status: number, code: string): ClientAnswer => ({
  status,
  headers: {},
  body: JSON.stringify({ requestId: 'req_2', error: { code, message: '请先完成二次验证', params: {} } }),
});

/** A desk whose requests get these answers, one after the other; null is an answer that is lost. */
function deskWith(answers: readonly (ClientAnswer | null)[], storage = tab()) {
  const asked: ClientRequest[] = [];
  let nowMs = START_MS;
  const request = (one: ClientRequest) => {
    asked.push(one);
    const answer = answers[asked.length - 1];
    return answer == null ? Promise.reject(new TypeError('fetch failed')) : Promise.resolve(answer);
  };
  const desk = new Desk({ apiUrl: '', storage, now: () => nowMs, random: seeded(7), request });
  const passMs = (ms: number) => {
    nowMs += ms;
  };
  return { desk, asked, passMs, storage };
}

function loggedIn(answers: readonly (ClientAnswer | null)[]) {
  const made = deskWith(answers);
  made.desk.sessions.begin({
    token: 't',
    expiresAtMs: START_MS + 12 * 3_600_000,
    user: USER,
    hasFactor: true,
  });
  return made;
}

const REFUND = { refundId: 'rfd_01M8MACF36FDYJD0YY9RGF6P50', reason: '误购' };
const bodies = (asked: readonly ClientRequest[]) => asked.map(({ url, body }) => `${url} ${body}`);

describe('the desk', () => {
  test('a call that needs the second factor is made once more with the same input', async () => {
    const { desk, asked } = loggedIn([refusal(403, 'auth.second_factor_required'), good({ refund: {} })]);
    let times = 0;
    desk.askFactor = () => {
      times += 1;
      return Promise.resolve(true);
    };
    await desk.call('approveRefund', REFUND);
    const [first, second] = bodies(asked);
    expect([times, asked.length, second]).toEqual([1, 2, first]);
  });

  test('a second factor that is not shown leaves the refusal as it is', async () => {
    const { desk, asked } = loggedIn([refusal(403, 'auth.second_factor_required')]);
    await expect(desk.call('approveRefund', REFUND)).rejects.toMatchObject({
      code: 'auth.second_factor_required',
    });
    expect(asked).toHaveLength(1);
  });

  test('several calls at once ask for one second factor', async () => {
    const needed = refusal(403, 'auth.second_factor_required');
    const { desk } = loggedIn([needed, needed, good({}), good({})]);
    let times = 0;
    desk.askFactor = () => {
      times += 1;
      return Promise.resolve(true);
    };
    await Promise.all([desk.call('approveRefund', REFUND), desk.call('rejectRefund', REFUND)]);
    expect(times).toBe(1);
  });

  test('a session that the server has ended is ended here, with what it kept', async () => {
    const { desk, storage } = loggedIn([refusal(401, 'auth.required')]);
    desk.giveReason(USER_ID, '投诉');
    const kept = desk.ids.keep('one', 'rfd');
    await expect(desk.call('listCases', {})).rejects.toMatchObject({ status: 401 });
    expect([desk.sessions.current, desk.reasonFor(USER_ID)]).toEqual([null, null]);
    expect([storage.getItem('zhike.session'), desk.ids.keep('one', 'rfd') === kept]).toEqual([null, false]);
  });

  test('a wrong password ends no session', async () => {
    const { desk } = loggedIn([refusal(401, 'auth.password_wrong')]);
    const input = { userName: 'li', password: 'x', newPassword: 'y' };
    await expect(desk.call('changePassword', input)).rejects.toMatchObject({ code: 'auth.password_wrong' });
    expect(desk.sessions.current).not.toBeNull();
  });

  test('half an hour without a touch ends the session, a touch before keeps it', () => {
    const { desk, passMs } = loggedIn([]);
    passMs(IDLE_MS - 1);
    desk.sessions.touch();
    passMs(IDLE_MS - 1);
    expect([desk.sessions.endWhenOver(), desk.sessions.current?.user.id]).toEqual([false, USER_ID]);
    passMs(1);
    desk.sessions.touch();
    expect(desk.sessions.current).toBeNull();
  });

  test('a session outlives a reload of the tab, but not half an hour of absence', () => {
    const storage = tab();
    const { desk } = deskWith([], storage);
    desk.sessions.begin({ token: 't', expiresAtMs: START_MS + 12 * 3_600_000, user: USER, hasFactor: true });
    expect(deskWith([], storage).desk.sessions.current?.token).toBe('t');
    storage.setItem('zhike.touched', String(START_MS - IDLE_MS));
    expect(deskWith([], storage).desk.sessions.current).toBeNull();
  });

  test('the reason for looking at a person is asked once, and sent with what is about that person', () => {
    const { desk } = loggedIn([]);
    expect([desk.reasonFor(USER_ID), personAsked('getUser', { userId: USER_ID })]).toEqual([null, USER_ID]);
    desk.giveReason(USER_ID, '投诉');
    expect(desk.reasonFor(USER_ID)).toBe('投诉');
    // No person, or a reason that is typed each time.
    expect(personAsked('listAllOrders', {})).toBeNull();
    expect(personAsked('banUser', { userId: USER_ID })).toBeNull();
    expect(personAsked('getUser', { userId: USER_ID, reason: 'x' })).toBeNull();
  });

  test('what went wrong is a sentence, with the id of the request', async () => {
    const { desk } = loggedIn([refusal(404, 'order.not_found'), null]);
    const first = await desk.call('listCases', {}).catch(troubleOf);
    const lost = await desk.call('listCases', {}).catch(troubleOf);
    expect(first).toMatchObject({ says: '请先完成二次验证。', requestId: 'req_2', code: 'order.not_found' });
    expect(lost).toMatchObject({ requestId: null, code: 'no_answer' });
  });

  /** trap 28: an old answer overwrote a newer filter. */
  test('trap 28: of several runs only the latest counts, in whatever order they end', () => {
    const latest = new Latest();
    const [first, second, third] = [latest.begin(), latest.begin(), latest.begin()];
    expect([third(), first(), second(), third()]).toEqual([true, false, false, true]);
  });
});
