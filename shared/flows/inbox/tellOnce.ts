import * as tasks from '../../data/tasks.ts';
import type { Fact } from '../../event.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';

/** Appends a fact unless it was appended before. Returns which. */
export function tellOnce(
  {
    ports,
    ...at
  }: { readonly ports: Pick<Ports, 'database'>; readonly now: TimeMs; readonly requestId: string },
  told: Fact,
): Promise<'told' | 'kept'> {
  return ports.database.tx(async (tx) => {
    if ((await tasks.ofFact(tx, told)).length > 0) return 'kept';
    await tasks.append(tx, [told], at);
    return 'told';
  });
}
