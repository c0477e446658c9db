/** The collection of attempt counts, one document for each guarded thing. `ports.attempts` writes it. */
import type { Reader } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import { AttemptCount } from '../../schemas/identity/attempt.ts';
import { all, defineCollection } from '../collection.ts';

/** Found by a digest of the guarded thing. `byEnd` lists windows that are over. */
export const collection = defineCollection({
  name: 'attempts',
  schema: AttemptCount,
  version: 1,
  indexes: { byEnd: { fields: ['endsAtMs'] } },
});

/** All counts whose window ended before `before`. */
export function endedBefore(reader: Reader, before: TimeMs): AsyncGenerator<AttemptCount> {
  return all(reader, collection, {
    index: 'byEnd',
    where: {},
    range: { field: 'endsAtMs', below: before },
    order: 'ascending',
    limit: 500,
  });
}
