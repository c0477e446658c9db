/** How staff make value: up to a limit for each person and day, above it with a second person. */
import * as proposals from '../../data/identity/proposals.ts';
import * as audit from '../../data/operations/audit.ts';
import { makeValue, type Proposed, propose, use, valueMadeId } from '../../domain/identity/proposal.ts';
import { type AppError, fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { StaffAction } from '../../schemas/identity/permission.ts';
import type { ValueKind } from '../../schemas/identity/proposal.ts';

/** The call in which value is made. Its whole input is what a second person agrees to, and nothing else. */
interface Making {
  readonly input: unknown;
  readonly user: { readonly id: UserId };
  readonly ports: ValuePorts;
  readonly now: TimeMs;
  readonly requestId: string;
}

/** What is done, and the id that the client made for it, or what else makes it be done once. */
interface Act {
  readonly action: StaffAction;
  readonly key: string;
}

/** Counts value that is about to be made. To be called before anything is written. Nothing is counted of 0. */
export type Spend = (kind: ValueKind, value: number) => Promise<void>;

type ValuePorts = Pick<Ports, 'database' | 'secrets' | 'settings'>;

/** Unwinds the transaction: nothing of it may stay when the limit is passed. */
class TooMuch extends Error {
  readonly asked: Proposed;

  constructor(asked: Proposed) {
    super('more than one person may make in a day');
    this.asked = asked;
  }
}

async function spend(
  tx: Tx,
  { input, user, ports, now, requestId }: Making,
  { action, key }: Act,
  { kind, value }: { readonly kind: ValueKind; readonly value: number },
): Promise<void> {
  if (value <= 0) return;
  const { settings, secrets } = ports;
  const { id: userId } = user;
  const madeBefore = await proposals.findMade(tx, valueMadeId(userId, kind, now));
  const made = makeValue(madeBefore, { userId, kind, value, now }, settings.dailyValue[kind]);
  if (made !== null) return proposals.putMade(tx, madeBefore, made);
  const request = JSON.stringify(input);
  const id = `prp_${secrets.digest('proposal', `${userId} ${action} ${key}`).slice(0, 32)}`;
  const digest = secrets.digest('proposal.request', request);
  const asked = { id, userId, action, kind, value, request, digest };
  const before = await proposals.find(tx, id);
  const used = use(before, asked, now);
  if (used === null) throw new TooMuch(asked);
  await proposals.put(tx, before, used);
  await audit.append(tx, {
    ...{ id: `proposal.use:${id}:${used.createdAtMs}`, actorId: userId, action: 'proposal.use', target: id },
    ...{ reason: null, before: { state: 'approved' }, after: { state: 'used' }, now, requestId },
  });
}

/** Stores what needs a second person, and answers the error that says so. */
async function proposed(asked: Proposed, { ports, now, requestId }: Making): Promise<AppError> {
  const { id, userId, action, kind, value } = asked;
  await ports.database.tx(async (tx) => {
    const before = await proposals.find(tx, id);
    const after = propose(before, asked, now);
    if (after === before) return;
    await proposals.put(tx, before, after);
    await audit.append(tx, {
      ...{ id: `proposal.create:${id}:${now}`, actorId: userId, action: 'proposal.create', target: id },
      ...{ reason: null, before: null, after: { action, kind, value }, now, requestId },
    });
  });
  const params = { proposalId: id, kind, value, limit: ports.settings.dailyValue[kind] };
  return fail('staff.second_person_needed', { params });
}

/**
 * Runs a transaction in which value is made. `work` counts it by `spend`: what is within the day's limit goes through;
 * what is above it becomes a proposal, and goes through once when a second person has agreed and the same request
 * comes again. The count commits with the effect, so two at once cannot both use what is left.
 * @throws staff.second_person_needed, and what `work` throws
 */
export async function makingValue<T>(
  call: Making,
  act: Act,
  work: (tx: Tx, spend: Spend) => Promise<T>,
): Promise<T> {
  try {
    return await call.ports.database.tx((tx) =>
      work(tx, (kind, value) => spend(tx, call, act, { kind, value })),
    );
  } catch (caught) {
    if (caught instanceof TooMuch) throw await proposed(caught.asked, call);
    throw caught;
  }
}
