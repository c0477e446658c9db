/** Attempts at what is guarded, one document for each thing. `ports.attempts` counts them. */
import type { Reader } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import { AttemptCount } from '../../schemas/identity/attempt.ts';
import { all, defineCollection } from '../collection.ts';

/** Under a digest of what is guarded; `byEnd` finds windows that are over. */
export const collection = defineCollection({
  name: 'attempts',
  schema: AttemptCount,
  version: 1,
  indexes: { byEnd: { fields: ['endsAtMs'] } },
});

/** Every count whose window ended before then. */
export function endedBefore(reader: Reader, before: TimeMs): AsyncGenerator<AttemptCount> {
  return all(reader, collection, {
    index: 'byEnd',
    where: {},
    range: { field: 'endsAtMs', below: before },
    order: 'ascending',
    limit: 500,
  });
}
