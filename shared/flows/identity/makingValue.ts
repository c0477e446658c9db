/** How staff give away value: up to a daily limit alone, and above it with a second person. */
import * as proposals from '../../data/identity/proposals.ts';
import * as audit from '../../data/operations/audit.ts';
import { makeValue, type Proposed, propose, use, valueMadeId } from '../../domain/identity/proposal.ts';
import { type AppError, fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { ValueKind } from '../../schemas/identity/dailyValue.ts';
import type { StaffAction } from '../../schemas/identity/permission.ts';

/** The call that makes value. A second person agrees to its exact input. */
interface Making {
  readonly input: unknown;
  readonly user: { readonly id: UserId };
  readonly ports: ValuePorts;
  readonly now: TimeMs;
  readonly requestId: string;
}

/** The action, and its idempotency key, such as the id that the client made. */
interface Act {
  readonly action: StaffAction;
  readonly key: string;
}

/** Counts value that is about to be made. It must be called before anything is written. Zero is not counted. */
export type Spend = (kind: ValueKind, value: number) => Promise<void>;

type ValuePorts = Pick<Ports, 'database' | 'secrets' | 'settings'>;

/** Rolls back the transaction when the limit is exceeded. */
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
  if (made !== null) return proposals.saveMade(tx, madeBefore, made);
  const request = JSON.stringify(input);
  const id = `prp_${secrets.digest('proposal', `${userId} ${action} ${key}`).slice(0, 32)}`;
  const digest = secrets.digest('proposal.request', request);
  const asked = { id, userId, action, kind, value, request, digest };
  const before = await proposals.find(tx, id);
  const used = use(before, asked, now);
  if (used === null) throw new TooMuch(asked);
  await proposals.save(tx, before, used);
  await audit.append(tx, {
    ...{ id: `proposal.use:${id}:${used.createdAtMs}`, actorId: userId, action: 'proposal.use', target: id },
    ...{ reason: null, before: { state: 'approved' }, after: { state: 'used' }, now, requestId },
  });
}

/** Stores the proposal, and returns the error that names it. */
async function proposed(asked: Proposed, { ports, now, requestId }: Making): Promise<AppError> {
  const { id, userId, action, kind, value } = asked;
  await ports.database.tx(async (tx) => {
    const before = await proposals.find(tx, id);
    const after = propose(before, asked, now);
    if (after === before) return;
    await proposals.save(tx, before, after);
    await audit.append(tx, {
      ...{ id: `proposal.create:${id}:${now}`, actorId: userId, action: 'proposal.create', target: id },
      ...{ reason: null, before: null, after: { action, kind, value }, now, requestId },
    });
  });
  const params = { proposalId: id, kind, value, limit: ports.settings.dailyValue[kind] };
  return fail('staff.second_person_needed', { params });
}

/**
 * Runs a transaction that makes value. `work` counts the value with `spend`. Value within the daily limit goes
 * through. Above it, the request becomes a proposal; once a second person has approved it, the same request goes
 * through once. The count commits together with the effect, so two concurrent requests cannot both use the rest of
 * the limit.
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
