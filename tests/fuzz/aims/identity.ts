/** Aims for identity: sessions, names, second factors, roles, proposals. */
import { startSecondFactor } from '../../../functions/admin/identity/startSecondFactor.ts';
import { register } from '../../../functions/identity/register.ts';
import * as legalTexts from '../../../shared/data/identity/legalTexts.ts';
import * as proposals from '../../../shared/data/identity/proposals.ts';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as sessions from '../../../shared/data/identity/sessions.ts';
import * as users from '../../../shared/data/identity/users.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { Role } from '../../../shared/schemas/identity/user.ts';
import {
  appCode,
  givenBanned,
  givenNamedStaff,
  givenSecondFactor,
  PASSWORD,
} from '../../support/given/staff.ts';
import { oneOf } from '../../support/seeded.ts';
import type { Actor } from '../actors.ts';
import {
  type Aim,
  type Aiming,
  type Aims,
  learnersOf,
  newLearner,
  newUserName,
  some,
  someAfter,
  staffWho,
  withBody,
  withPath,
  withQuery,
} from './aim.ts';

/** How long an app shows a code. After one was used, only the next one counts. */
const CODE_MS = 30_000;

/** A code without its grouping characters. */
function plain(code = ''): string {
  return code.replaceAll('-', '');
}

/** A new member of staff with a user name, who may set up a second factor. */
async function newStaff(aiming: Aiming) {
  const userName = newUserName(aiming);
  const role = oneOf(aiming.chance, ['editor', 'support', 'finance'] as const);
  const staff = await givenNamedStaff(aiming.world, role, userName);
  const actor: Actor = { name: userName, role, token: staff.token, userId: staff.userId, openid: null };
  return { userName, staff, actor };
}

/** An unused code of the app or of paper, for somebody who has a second factor. */
async function withFactor(aiming: Aiming) {
  const { userName, staff, actor } = await newStaff(aiming);
  const { key, recoveryCodes } = await givenSecondFactor(aiming.world, staff, userName);
  aiming.world.clock.advance(CODE_MS);
  const secondFactor =
    aiming.chance() < 0.5
      ? { oneTimeCode: appCode(aiming.world, key) }
      : { recoveryCode: plain(recoveryCodes[0]) };
  return { actor, secondFactor, userName };
}

/** A learner with a user name and a password, logged in by them. */
async function namedLearner(aiming: Aiming): Promise<Actor> {
  const name = newUserName(aiming);
  const { data } = await aiming.world.call(register, { userName: name, password: PASSWORD });
  return { name, role: 'learner', token: data.token, userId: data.user.id, openid: null };
}

/** A user who is no caller in this world, so that changing them does not disturb the others. */
async function bystander(aiming: Aiming, state: 'active' | 'banned'): Promise<string> {
  const { stored, actors, world } = aiming;
  const found = stored
    .all(users.collection)
    .filter((user) => user.state === state && actors.every(({ userId }) => userId !== user.id));
  const user = some(aiming, found);
  if (user !== null) return user.id;
  const { userId } = await newLearner(aiming);
  if (state === 'banned') await givenBanned(world, UserId.parse(userId));
  return userId ?? '';
}

const approveProposal: Aim = async (aiming) => {
  const { world, stored, input } = aiming;
  const waiting = () =>
    stored
      .all(proposals.collection)
      .filter(({ state, endsAtMs }) => state === 'waiting' && world.clock.now() < endsAtMs);
  for (let tries = 0; tries < 4 && waiting().length === 0; tries += 1) await aiming.first('addPoints');
  const proposal = some(aiming, waiting());
  if (proposal === null) return null;
  const others = staffWho(aiming, proposal.action).filter(({ userId }) => userId !== proposal.userId);
  const actor = some(aiming, others);
  return actor && { actor, input: withPath(input, { proposalId: proposal.id }) };
};

const setStaffRole: Aim = async (aiming) => {
  const userId = await bystander(aiming, 'active');
  const user = aiming.stored.all(users.collection).find(({ id }) => id === userId);
  const expectedRole = user?.role ?? 'learner';
  const role = oneOf(aiming.chance, Role.options);
  return { input: withPath(aiming.input, { userId }, { expectedRole, role }) };
};

const resetSecondFactor: Aim = async (aiming) => {
  const others = aiming.stored
    .all(secondFactors.collection)
    .filter(({ id }) => aiming.actors.every(({ userId }) => userId !== id));
  const userId = some(aiming, others)?.id ?? (await newStaff(aiming)).staff.userId;
  return { input: withPath(aiming.input, { userId }) };
};

const publishLegalText: Aim = ({ stored, input }) => {
  const current = stored.all(legalTexts.present).find(({ id }) => id === input.path.kind);
  return { input: withBody(input, { replaces: current?.version ?? null }) };
};

const readText: Aim = async (aiming) => {
  const texts = () => aiming.stored.all(legalTexts.collection);
  const text = await someAfter(aiming, texts, 'publishLegalText');
  if (text === null) return null;
  const { kind, version } = text;
  return { input: withQuery(withPath(aiming.input, { kind }), { version }) };
};

const giveConsent: Aim = async (aiming) => {
  const current = await someAfter(aiming, () => aiming.stored.all(legalTexts.present), 'publishLegalText');
  if (current === null) return null;
  return { input: withPath(aiming.input, { kind: current.id }, { version: current.version }) };
};

const findUser: Aim = async (aiming) => {
  const ways = [{ userName: 'editor' }, ...learnersOf(aiming).map(({ openid }) => ({ openid }))];
  return { input: withBody(aiming.input, { by: oneOf(aiming.chance, ways) }) };
};

const endSession: Aim = async (aiming) => {
  const { world, input, actor } = aiming;
  if (actor.openid === null) return null;
  const { token } = await world.login(actor.name);
  return { input: withPath(input, { sessionId: sessions.idOf(token) }) };
};

const setInviter: Aim = async (aiming) => {
  const inviter = some(aiming, learnersOf(aiming));
  return (
    inviter && {
      actor: await newLearner(aiming),
      input: withBody(aiming.input, { inviterId: inviter.userId }),
    }
  );
};

const loginWithPassword: Aim = async (aiming) => {
  const shown = aiming.chance() < 0.5 ? await withFactor(aiming) : null;
  const userName = shown?.userName ?? (await namedLearner(aiming)).name;
  const own = shown === null ? {} : { secondFactor: shown.secondFactor };
  return { input: { ...aiming.input, body: { userName, password: PASSWORD, ...own } } };
};

/** The aims by operation. */
export const identityAims: Aims = {
  approveProposal,
  setStaffRole,
  resetSecondFactor,
  findUser,
  endSession,
  setInviter,
  loginWithPassword,
  startSecondFactor: async (aiming) => {
    const { userName, staff, actor } = await newStaff(aiming);
    const shown = { password: PASSWORD, enrolmentCode: plain(staff.enrolmentCode) };
    return { actor, input: withBody(aiming.input, { userName, ...shown }) };
  },
  confirmSecondFactor: async (aiming) => {
    const { world, input } = aiming;
    const { userName, staff, actor } = await newStaff(aiming);
    const asked = { userName, password: PASSWORD, enrolmentCode: staff.enrolmentCode };
    const { data } = await world.call(startSecondFactor, asked, staff);
    return { actor, input: withBody(input, { oneTimeCode: appCode(world, data.key) }) };
  },
  showSecondFactor: async (aiming) => {
    const { actor, secondFactor } = await withFactor(aiming);
    return { actor, input: withBody(aiming.input, { secondFactor }) };
  },
  replaceSecondFactor: async (aiming) => {
    const { actor, secondFactor } = await withFactor(aiming);
    return { actor, input: withBody(aiming.input, { secondFactor }) };
  },
  publishLegalText,
  getLegalText: readText,
  giveConsent,
  banUser: async (aiming) => ({
    input: withPath(aiming.input, { userId: await bystander(aiming, 'active') }),
  }),
  unbanUser: async (aiming) => ({
    input: withPath(aiming.input, { userId: await bystander(aiming, 'banned') }),
  }),
  register: (aiming) => ({ input: withBody(aiming.input, { userName: newUserName(aiming) }) }),
  bindUserName: async (aiming) => ({
    actor: await newLearner(aiming),
    input: withBody(aiming.input, { userName: newUserName(aiming) }),
  }),
  bindWechat: async (aiming) => {
    const { code } = aiming.world.weixin.phone.login(newUserName(aiming));
    return { actor: await namedLearner(aiming), input: withBody(aiming.input, { code }) };
  },
  bindPhone: ({ world, input, chance }) => {
    const number = `138${String(Math.floor(chance() * 1e8)).padStart(8, '0')}`;
    return { input: withBody(input, { code: world.weixin.phone.shareNumber(number).code }) };
  },
  changePassword: async (aiming) => {
    const actor = await namedLearner(aiming);
    const asked = { userName: actor.name, password: PASSWORD, newPassword: 'four white swans at dawn' };
    return { actor, input: withBody(aiming.input, asked) };
  },
};
