/** The way back: which release, and the steps to it. Always possible, because migrations only add. */
import type { Actual } from './actual.ts';
import { OPS } from './desired.ts';
import type { Mark } from './mark.ts';
import { type Plan, type Step, type SwitchTo, switchLine } from './plan.ts';

/** Where the last release came from: what its aliases say, or, once the way back has been gone, where they stand. */
function releaseBefore(actual: Actual): string | null {
  const mark = actual.functions[OPS]?.alias.mark ?? null;
  if (mark === null) return null;
  if (mark.state.kind === 'after') return mark.state.before;
  return mark.release;
}

/** What an alias leads to, or the canary beside it. */
const leaving = (mark: Mark | null) =>
  mark?.state.kind === 'canary' ? mark.state.of : (mark?.release ?? '$LATEST');

/**
 * The steps back to a release, or to the one before. Units in the reverse of a release's order: producers before
 * consumers. A unit that the release did not have stays, because nothing of it leads there.
 */
export function rollbackPlan(units: readonly string[], actual: Actual, to: string | null): Plan {
  const ours = units.filter((unit) => actual.functions[unit]?.isOurs === true);
  const target = to ?? releaseBefore(actual);
  if (target === null)
    return { steps: [], refusals: ['no release was there before that could be gone back to'] };
  const has = (unit: string) => actual.functions[unit]?.versions.find(({ release }) => release === target);
  if (ours.every((unit) => has(unit) === undefined))
    return { steps: [], refusals: [`no version of ${target} is there`] };
  const steps = [...ours].reverse().flatMap((unit): Step[] => {
    const own = actual.functions[unit];
    const version = has(unit)?.version;
    if (own === null || own === undefined || version === undefined) return [];
    const { alias } = own;
    if (alias.version === version && Object.keys(alias.weights).length === 0) return [];
    const mark: Mark = { release: target, state: { kind: 'back', from: leaving(alias.mark) } };
    const switchTo: SwitchTo = { unit, mark, sharePercent: 0, seen: alias.description };
    return [{ do: 'switch', to: switchTo, line: switchLine(switchTo, leaving(alias.mark)) }];
  });
  return { steps: [...steps, { do: 'smoke', line: '> smoke test' }], refusals: [] };
}
