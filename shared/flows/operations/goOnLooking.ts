import * as cases from '../../data/operations/cases.ts';
import * as looks from '../../data/operations/looks.ts';
import { dayOf } from '../../domain/day.ts';
import type { Finding } from '../../domain/operations/invariants.ts';
import { isLastOfNight, isSameLook, placeToBegin } from '../../domain/operations/look.ts';
import { codeOf } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { LookPlace } from '../../schemas/operations/look.ts';
import { LOOK_BEGINNING, lookOn, nextPart } from './checkStore.ts';

/** The progress is stored after this many steps of at most 50 documents. Later steps are repeated after a crash. */
const STEPS_KEPT = 100;

const UNFINISHED = '夜间核对未能看完全部数据，请导出数据后用审计命令核对。';

type LookPorts = Pick<Ports, 'database' | 'log'>;

/** Opens a case for staff, even when they closed the same case before. */
function open({ database }: LookPorts, cause: string, story: string, now: TimeMs): Promise<void> {
  const opened = { kind: 'invariant', cause: cause.slice(0, 119), story } as const;
  return database.tx((tx) => cases.openAgain(tx, opened, now));
}

async function openFindings(ports: LookPorts, findings: readonly Finding[], now: TimeMs): Promise<void> {
  for (const { rule, about, story } of findings) {
    ports.log.write('error', { invariant: rule, about });
    await open(ports, `${rule}:${about}`, `${about}：${story}`, now);
  }
}

async function openUnfinished(ports: LookPorts, now: TimeMs): Promise<void> {
  ports.log.write('error', { invariant: 'unfinished' });
  await open(ports, 'unfinished', UNFINISHED, now);
}

/**
 * Continues the nightly look where the last run stopped, until there is no time left or the look is over. After a look
 * has ended, no other one begins in the same night. A run that overlaps with another one leaves the look to it.
 *
 * When a document cannot be read, the rest of its part is skipped, and the look continues with the next part. That
 * opens a case; so does a look that is not over when its night ends. Returns how many documents are right
 * (`check.right`) and how many are wrong (`check.wrong`), how many parts were not read to their end (`check.failed`),
 * and whether the night was too short (`unfinished`).
 */
export async function goOnLooking(
  ports: LookPorts,
  at: { readonly now: TimeMs; readonly hasTime: () => boolean },
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const hasEnded = await look(ports, at, counts);
  if (hasEnded !== null) tell(ports, counts, hasEnded);
  return counts;
}

/** Writes how this part of the look went: the alarms read it. */
function tell({ log }: LookPorts, counts: Readonly<Record<string, number>>, hasEnded: boolean): void {
  const { 'check.right': right = 0, 'check.wrong': wrong = 0, 'check.failed': failed = 0 } = counts;
  const isUnfinished = counts.unfinished !== undefined;
  const trouble = failed > 0 ? 'failed' : wrong > 0 ? 'wrong' : isUnfinished ? 'unfinished' : null;
  const outcome = trouble ?? (hasEnded ? 'ended' : 'goes_on');
  const level = trouble === null ? 'info' : 'error';
  log.write(level, { look: 'invariants', outcome, right, wrong, failed });
}

/** Goes on, and counts. Returns whether the look has ended; null when there was nothing to look at. */
async function look(
  ports: LookPorts,
  { now, hasTime }: { readonly now: TimeMs; readonly hasTime: () => boolean },
  counts: Record<string, number>,
): Promise<boolean | null> {
  const { database, log } = ports;
  const count = (outcome: string, by: number) => {
    if (by > 0) counts[outcome] = (counts[outcome] ?? 0) + by;
  };
  let kept = await looks.find(database);
  let place = placeToBegin(kept, LOOK_BEGINNING, now);
  if (place === null) return null;
  /** Stores the place. False when another run has stored one meanwhile, and so continues this look. */
  const keep = async (): Promise<boolean> => {
    const endedAtMs = place === null ? now : kept?.endedAtMs;
    const ended = endedAtMs === undefined ? {} : { endedAtMs };
    const after = { id: 'invariants', night: dayOf(now), place, updatedAtMs: now, ...ended } as const;
    const isKept = await database.tx(async (tx) => {
      const before = await looks.find(tx);
      if (isSameLook(before, after)) return true;
      if (!isSameLook(before, kept)) return false;
      await looks.save(tx, before, after);
      return true;
    });
    kept = after;
    return isKept;
  };
  for (let steps = 1; place !== null && hasTime(); steps += 1) {
    const at: LookPlace = place;
    try {
      const { right, findings, next } = await lookOn(database, at, now);
      count('check.right', right);
      count('check.wrong', new Set(findings.map(({ about }) => about)).size);
      await openFindings(ports, findings, now);
      place = next;
    } catch (caught) {
      log.write('error', { code: codeOf(caught) ?? 'internal', failed: String(caught) });
      count('check.failed', 1);
      place = nextPart(at);
    }
    if (steps % STEPS_KEPT === 0 && !(await keep())) return false;
  }
  if (!(await keep())) return false;
  if (place !== null && isLastOfNight(now)) count('unfinished', 1);
  if (counts.unfinished !== undefined || counts['check.failed'] !== undefined)
    await openUnfinished(ports, now);
  return place === null;
}
