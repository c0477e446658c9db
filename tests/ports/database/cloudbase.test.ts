import { openCloudbase } from '../../../shared/adapters/cloudbase/database.ts';
import { endlessTurn } from '../../support/clock.ts';
import { makeCloudbase, pauseOverTurns } from '../../support/cloudbase.ts';
import { seed, seeded } from '../../support/seeded.ts';
import { databaseSuite, type Store } from './conformance.ts';

async function cloudbaseStore(): Promise<Store> {
  const { client } = makeCloudbase();
  const random = seeded(seed);
  return {
    isCalm: true,
    // Each page is a signed request.
    queries: 40,
    open: (collections) =>
      openCloudbase({ ...client, collections, random, pause: pauseOverTurns, loop: endlessTurn }),
    dispose: async () => undefined,
  };
}

databaseSuite('cloudbase', { isKept: true, hasSnapshots: false, make: cloudbaseStore });
