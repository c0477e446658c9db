import { Client, type ClientOptions } from '../../../shared/adapters/cloudbase/client.ts';
import { cloudbaseDatabase, openCloudbase } from '../../../shared/adapters/cloudbase/database.ts';
import { endlessTurn } from '../../support/clock.ts';
import { liveCloudbase, makeCloudbase, pauseOverTurns } from '../../support/cloudbase.ts';
import { collections } from '../../support/collections.ts';
import { seed, seeded } from '../../support/seeded.ts';
import { databaseSuite, type Store } from './conformance.ts';

/** Each page is a signed request. */
const queries = 20;

async function cloudbaseStore(): Promise<Store> {
  const { client } = makeCloudbase();
  const random = seeded(seed);
  return {
    ...{ isCalm: true, queries },
    open: (declared) =>
      openCloudbase({ ...client, collections: declared, random, pause: pauseOverTurns, loop: endlessTurn }),
    dispose: async () => undefined,
  };
}

databaseSuite('cloudbase', { isKept: true, hasSnapshots: false, make: cloudbaseStore });

/** The collections of the suite, and the one that says how they are laid out. */
const OWN = [...collections.map(({ name }) => name), 'people', 'tickets', 'strangers', 'zhikeLayouts'];

/** A real environment, which is emptied after each test. One that holds anything else is refused. */
function liveStore(client: ClientOptions): () => Promise<Store> {
  const random = seeded(seed);
  return async () => {
    const others = await cloudbaseDatabase({ ...client, collections, random }).undeclared();
    const strange = others.filter((name) => !OWN.includes(name));
    if (strange.length > 0) throw new Error(`${client.environment} holds ${strange.join(', ')}`);
    return {
      ...{ isCalm: true, queries },
      open: (declared) => openCloudbase({ ...client, collections: declared, random }),
      dispose: async () => {
        const db = await new Client(client).db();
        for (const name of OWN) {
          const { command: _ } = db;
          const all = db.collection(name).where({ _id: _.exists(true) });
          await all.remove().catch((error: { readonly code?: string }) => {
            if (error.code !== 'DATABASE_COLLECTION_NOT_EXIST') throw error;
          });
        }
      },
    };
  };
}

const live = liveCloudbase();
if (live !== null) {
  databaseSuite(`cloudbase ${live.environment}`, {
    ...{ isKept: true, hasSnapshots: false },
    make: liveStore(live),
  });
}
