import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reconcile } from '../../functions/books/reconcile.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { openMysql } from '../../shared/adapters/mysql/database.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { Backup, backUp } from '../../shared/commands/backup.ts';
import { copyStore, storeSource } from '../../shared/commands/copyStore.ts';
import { restore } from '../../shared/commands/restore.ts';
import { verifyAudit } from '../../shared/commands/verifyAudit.ts';
import { collections } from '../../shared/data/collections.ts';
import * as auditLog from '../../shared/data/operations/audit.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import { dayAfter, dayOf, dayStartMs } from '../../shared/domain/day.ts';
import type { Collection, Engine, RawDocument } from '../../shared/ports/database.ts';
import { HOUR_MS } from '../../shared/schemas/base.ts';
import { openShop, type Shop } from '../bars/shop.ts';
import { audited } from '../support/audited.ts';
import { endlessTurn } from '../support/clock.ts';
import { marks, papers, put } from '../support/collections.ts';
import { givenStaff } from '../support/given/staff.ts';
import { Administrator, describeMysql, makeDatabase } from '../support/mysql.ts';
import { seed, seeded } from '../support/seeded.ts';

const key = randomBytes(32);

/** Empty stores of a kind. `dispose` deletes all of them. */
interface Stores {
  make(declared?: readonly Collection[]): Promise<Engine>;
  dispose(): Promise<void>;
}

const random = seeded(seed);
const given = { random, pause: async () => undefined, loop: endlessTurn };

function sqliteStores(): Stores {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-backup-'));
  const opened: Engine[] = [];
  return {
    make: async (declared = collections) => {
      const path = join(folder, `${opened.length}.db`);
      const engine = sqliteDatabase({ ...given, path, collections: declared, schedule: queueMicrotask });
      opened.push(engine);
      return engine;
    },
    dispose: async () => {
      for (const engine of opened) await engine.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function mysqlStores(): Promise<Stores> {
  const administrator = await Administrator.connect();
  const ends: (() => Promise<void>)[] = [];
  return {
    make: async (declared = collections) => {
      const made = await makeDatabase(administrator);
      const own = { ...given, url: made.url, collections: declared, clock: systemClock, connections: 4 };
      const engine = await openMysql(own);
      ends.push(async () => {
        await engine.close();
        await made.drop();
      });
      return engine;
    },
    dispose: async () => {
      for (const end of ends) await end();
      administrator.close();
    },
  };
}

/** The bytes of a backup. */
async function backedUp(store: Engine, declared = collections): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of backUp({ store, collections: declared, key, now: systemClock.now() }))
    parts.push(part);
  return Buffer.concat(parts);
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}

const backupOf = (bytes: Buffer) => new Backup(() => inPieces(bytes), key);
const restored = (bytes: Buffer, target: Engine, declared = collections) =>
  restore({ backup: backupOf(bytes), target, collections: declared, tell: () => undefined });

/** A shop on that store, with what every shop begins with. */
async function shopOn(store: Engine): Promise<Shop> {
  const shop = await openShop(seed);
  const source = storeSource(shop.world.ports.database as Engine, collections);
  await copyStore({ source, target: store, collections, tell: () => undefined });
  await shop.world.close();
  Object.assign(shop.world.ports, { database: store });
  return shop;
}

async function buy(shop: Shop, name: string) {
  const buyer = await shop.buyer(name);
  const order = await shop.order(buyer, { platform: random() < 0.5 ? 'android' : 'web' });
  await shop.pay(buyer, order);
  await shop.world.drain();
  return order;
}

async function nextMorning({ world, rest }: Shop): Promise<void> {
  const morningMs = dayStartMs(dayAfter(dayOf(world.clock.now()), 1)) + 10.5 * HOUR_MS;
  world.clock.advance(morningMs - world.clock.now());
  await world.run(reconcile);
  await rest(40);
}

/** The same store, with a purchase before each collection is read. */
function busy(store: Engine, purchase: () => Promise<unknown>): Engine {
  const between = (exportRaw: Engine['exportRaw']): Engine['exportRaw'] =>
    async function* (collection) {
      await purchase();
      yield* exportRaw(collection);
    };
  return {
    find: store.find.bind(store),
    findMany: store.findMany.bind(store),
    list: store.list.bind(store),
    tx: store.tx.bind(store),
    exportAll: store.exportAll.bind(store),
    close: store.close.bind(store),
    metered: store.metered.bind(store),
    migrate: store.migrate.bind(store),
    importRaw: store.importRaw.bind(store),
    undeclared: store.undeclared.bind(store),
    exportRaw: between(store.exportRaw.bind(store)),
    snapshot: async () => {
      const snapshot = await store.snapshot();
      if (snapshot === null) return null;
      return { exportRaw: between(snapshot.exportRaw.bind(snapshot)), close: () => snapshot.close() };
    },
  };
}

function shopSuite(makeStores: () => Stores | Promise<Stores>): void {
  let stores: Stores;
  beforeEach(async () => {
    stores = await makeStores();
  });
  afterEach(() => stores.dispose());

  test(`a backup of a shop that sells meanwhile is whole, seed ${seed}`, async () => {
    const store = await stores.make();
    const shop = await shopOn(store);
    await buy(shop, 'first');
    let reads = 0;
    let sold = 0;
    const bytes = await backedUp(
      busy(store, async () => {
        reads += 1;
        if (reads % 4 !== 0) return;
        sold += 1;
        await buy(shop, `meanwhile${sold}`);
      }),
    );
    expect(sold).toBeGreaterThan(10);
    const target = await stores.make();
    const { documents, added } = await restored(bytes, target);
    expect(added).toBe(documents);
    const { findings, documents: counts } = await audited(target);
    expect(findings).toEqual([]);
    // The first purchase was over, and no other had begun.
    expect(counts.orders).toBe(1);
    expect((await audited(store)).documents.orders).toBe(1 + sold);
  });

  test(`lost and restored, the shop catches up with what the platforms know, seed ${seed}`, async () => {
    const store = await stores.make();
    const shop = await shopOn(store);
    const { world } = shop;
    await givenStaff(world, 'finance');
    await buy(shop, 'before');
    const waiting = await shop.buyer('waiting');
    const known = await shop.order(waiting);
    await world.call(payOrder, { orderId: known.id }, { token: waiting.token });
    const bytes = await backedUp(store);
    // The platforms go on, and so does the shop, until its store is lost.
    await shop.pay(waiting, known);
    await world.drain();
    const forgotten = await buy(shop, 'after');
    await nextMorning(shop);
    const again = await stores.make();
    await restored(bytes, again);
    expect((await again.find(orders.collection, known.id))?.state).toBe('pending');
    Object.assign(world.ports, { database: again });
    await shop.rest(5);
    for (let morning = 0; morning < 3; morning += 1) await nextMorning(shop);
    const { transactions, refunds } = shop.books();
    expect(transactions).toHaveLength(3);
    const backOf = (orderId: string) => {
      const { transactionId } = transactions.find(({ orderNumber }) => orderNumber === orderId) ?? {};
      return refunds.filter((each) => each.isSuccess && each.transactionId === transactionId).length;
    };
    // Who had ordered before the backup has what was paid for; whose order is lost has the money back.
    expect([backOf(known.id), backOf(forgotten.id)]).toEqual([0, 1]);
    expect((await again.find(orders.collection, known.id))?.state).toBe('paid');
    expect(await shop.audit(true)).toEqual([]);
    expect((await audited(again)).findings).toEqual([]);
  });

  test('the audit log is held against what it was when the backup was made', async () => {
    const store = await stores.make();
    await givenStaff(await shopOn(store).then(({ world }) => world), 'finance');
    const log = (n: number) => ({
      ...{ id: `test:${n}`, actorId: 'command' as const, action: 'test', target: 'x', reason: null },
      ...{ before: null, after: { n }, now: systemClock.now(), requestId: 'r' },
    });
    for (let n = 0; n < 3; n += 1) await store.tx((tx) => auditLog.append(tx, log(n)));
    const bytes = await backedUp(store);
    const { head } = await backupOf(bytes).verify();
    expect(head.audit).toEqual({ heads: (await verifyAudit(store)).heads, problems: [] });
    expect(head.audit.heads.command?.seq).toBe(3);
    // What was wrong before is said in the backup, and is no reason not to restore it.
    await store.tx(async (tx) => {
      const entry = await tx.find(auditLog.collection, 'test:1');
      if (entry !== null) await tx.update(auditLog.collection, { ...entry, target: 'y' });
    });
    const bad = await backedUp(store);
    expect((await backupOf(bad).verify()).head.audit.problems).toEqual([expect.stringContaining('changed')]);
    const target = await stores.make();
    expect(await restored(bad, target)).toMatchObject({ head: { audit: { heads: head.audit.heads } } });
  });
}

describe('backups of a shop on SQLite', () => shopSuite(sqliteStores));
describeMysql('backups of a shop on MySQL', () => shopSuite(mysqlStores));

describe('a backup', () => {
  const declared = [marks, papers, auditLog.collection, auditLog.heads];
  let stores: Stores;
  let store: Engine;
  beforeEach(async () => {
    stores = sqliteStores();
    store = await stores.make(declared);
    for (let n = 0; n < 250; n += 50) {
      await put(store, marks, ...Array.from({ length: 50 }, (_, k) => ({ id: `m${n + k}` })));
    }
    await store.importRaw(papers, [{ id: 'p', schemaVersion: 7, body: '{"new":1, "id":"p"}' }]);
  });
  afterEach(() => stores.dispose());

  async function stored(engine: Engine): Promise<unknown[]> {
    const all: RawDocument[] = [];
    for (const collection of declared) for await (const raw of engine.exportRaw(collection)) all.push(raw);
    return all;
  }

  test('holds every document byte for byte, and says how many of each collection', async () => {
    const bytes = await backedUp(store, declared);
    const { digests, documents } = await backupOf(bytes).verify();
    expect(documents).toBe(251);
    expect([...digests].map(([name, { count }]) => [name, count])).toEqual([
      ['marks', 250],
      ['papers', 1],
      ['audit', 0],
      ['auditHeads', 0],
    ]);
    const target = await stores.make(declared);
    expect(await restored(bytes, target, declared)).toMatchObject({ documents: 251, added: 251 });
    expect(await stored(target)).toEqual(await stored(store));
  });

  test('that is not whole writes nothing', async () => {
    const bytes = await backedUp(store, declared);
    const target = await stores.make(declared);
    const cut = bytes.subarray(0, -1);
    await expect(restored(cut, target, declared)).rejects.toThrow('the backup is cut off');
    expect(await stored(target)).toEqual([]);
  });

  test('is restored into an empty store only; a run that was stopped is continued', async () => {
    const bytes = await backedUp(store, declared);
    const foreign = await stores.make(declared);
    await put(foreign, marks, { id: 'z' });
    await expect(restored(bytes, foreign, declared)).rejects.toThrow(
      'the target holds documents that the backup does not have: marks. Name an empty target.',
    );
    expect(await stored(foreign)).toHaveLength(1);
    const target = await stores.make(declared);
    let batches = 0;
    const dying: Engine = Object.assign(Object.create(target) as Engine, {
      exportRaw: target.exportRaw.bind(target),
      undeclared: target.undeclared.bind(target),
      importRaw: async (...[collection, docs]: Parameters<Engine['importRaw']>) => {
        batches += 1;
        if (batches === 3) throw new Error('killed');
        await target.importRaw(collection, docs);
      },
    });
    await expect(restored(bytes, dying, declared)).rejects.toThrow('killed');
    expect(await stored(target)).toHaveLength(200);
    expect(await restored(bytes, target, declared)).toMatchObject({ documents: 251, added: 51 });
    expect(await stored(target)).toEqual(await stored(store));
  });

  test('with a collection of a newer build is refused, unless it is empty', async () => {
    const target = await stores.make(declared.slice(1));
    const bytes = await backedUp(store, declared);
    await expect(restored(bytes, target, declared.slice(1))).rejects.toThrow(
      'this build does not know marks',
    );
    const newer = await stores.make(declared.slice(1));
    await put(newer, papers, { id: 'q', content: 1 });
    expect(
      await restored(await backedUp(newer, declared.slice(1)), await stores.make(declared), declared),
    ).toMatchObject({ documents: 1 });
  });

  test('of a store that cannot show one moment is made at rest only', async () => {
    const bare = (happen: () => Promise<unknown>): Engine => ({
      ...busy(store, happen),
      snapshot: async () => null,
    });
    const bytes = await backedUp(
      bare(async () => undefined),
      declared,
    );
    expect((await backupOf(bytes).verify()).documents).toBe(251);
    let n = 0;
    const write = () => {
      n += 1;
      return put(store, marks, { id: `later${n}` });
    };
    await expect(backedUp(bare(write), declared)).rejects.toThrow(
      'this store cannot be backed up while it is written: marks. Stop the shop, and back up again.',
    );
  });

  test('reads no more of the store than it hands out, but a few pieces', async () => {
    let read = 0;
    const large: Engine = {
      ...busy(store, async () => undefined),
      snapshot: async () => ({
        exportRaw: async function* () {
          for (let n = 0; n < 400; n += 1) {
            const content = randomBytes(75_000).toString('base64');
            read += content.length;
            yield { id: `x${n}`, schemaVersion: 1, body: JSON.stringify({ id: `x${n}`, content }) };
          }
        },
        close: async () => undefined,
      }),
    };
    let handedOut = 0;
    const parts: Buffer[] = [];
    for await (const part of backUp({ store: large, collections: [papers], key, now: systemClock.now() })) {
      handedOut += part.length;
      parts.push(part);
      // Base64 of random bytes is a third longer than what it is compressed to.
      expect(read * 0.74 - handedOut).toBeLessThan(3_000_000);
    }
    expect(read).toBe(40_000_000);
    const backup = backupOf(Buffer.concat(parts));
    let seen = 0;
    for await (const { documents } of backup.sections())
      for await (const { body } of documents) seen += body.length;
    expect(seen).toBeGreaterThan(40_000_000);
  });
});
