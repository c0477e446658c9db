import { openMysql } from '../../../shared/adapters/mysql/database.ts';
import { systemClock } from '../../../shared/adapters/process/clock.ts';
import { collections } from '../../support/collections.ts';
import { Administrator, describeMysql, KeptDatabases } from '../../support/mysql.ts';
import { seed, seeded } from '../../support/seeded.ts';
import { databaseSuite, type Store } from './conformance.ts';

describeMysql('mysql', () => {
  let administrator: Administrator;
  let kept: KeptDatabases;
  beforeAll(async () => {
    administrator = await Administrator.connect();
    kept = new KeptDatabases(administrator);
  });
  afterAll(async () => {
    await kept.drop();
    administrator.close();
  });

  async function mysqlStore(): Promise<Store> {
    const database = await kept.take();
    const random = seeded(seed);
    let isUsual = true;
    return {
      isCalm: true,
      open: (declared) => {
        isUsual &&= declared === collections;
        const { url } = database;
        return openMysql({ url, collections: declared, random, clock: systemClock, connections: 4 });
      },
      dispose: () => (isUsual ? kept.giveBack(database) : database.drop()),
    };
  }

  databaseSuite('mysql', { isKept: true, make: mysqlStore });
});
