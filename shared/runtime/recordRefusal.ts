/** Records what a platform refused, so that staff are told. It is loaded when one refuses, which is seldom. */
import * as cases from '../data/operations/cases.ts';
import * as platformRefusals from '../data/operations/platformRefusals.ts';
import { hearRefusal, refusalCase, refusalId } from '../domain/operations/platformRefusal.ts';
import type { Refusal } from '../errors.ts';
import type { Ports } from '../ports/ports.ts';

/** Stores that it was heard, and opens a case where staff have to know. */
export async function recordRefusal({ database, clock }: Ports, refusal: Refusal): Promise<void> {
  const now = clock.now();
  const id = refusalId(refusal);
  if (hearRefusal(await platformRefusals.find(database, id), refusal, now) === null) return;
  await database.tx(async (tx) => {
    const before = await platformRefusals.find(tx, id);
    const heard = hearRefusal(before, refusal, now);
    if (heard === null) return;
    await platformRefusals.save(tx, before, heard.after);
    if (heard.isTold) await cases.openAgain(tx, refusalCase(refusal), now);
  });
}
