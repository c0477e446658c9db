import { sendTo } from '../../../../local/simulators/exchange.ts';
import { serveCloudbase } from '../../../../local/simulators/tencent/cloudbaseServer.ts';
import { addressesOf } from '../../../../shared/adapters/cloudbase/address.ts';
import { Client } from '../../../../shared/adapters/cloudbase/client.ts';
import { httpSend } from '../../../../shared/adapters/http/nodeRequest.ts';
import { timeMs } from '../../../../shared/schemas/base.ts';
import { anyKeys, type MadeCloudbase, makeCloudbase } from '../../../support/cloudbase.ts';

/** A time that only the tests move. */
let now = 1_795_000_000_000;
const clock = { now: () => timeMs(now) };

let made: MadeCloudbase;
type Db = Awaited<ReturnType<Client['db']>>;
let db: Db;
beforeEach(async () => {
  made = makeCloudbase(clock);
  db = await new Client(made.client).db();
  await db.createCollection('things');
});

const things = () => db.collection('things');
const conflict = { code: 'DATABASE_TRANSACTION_CONFLICT' };
const over = { code: 'DATABASE_TRANSACTION_FAIL' };

describe('documents, through the real SDK', () => {
  test('a document comes back as it was given: numbers of each kind, dates, nested, Chinese', async () => {
    const doc = {
      _id: 'a',
      int: 7,
      long: 1_795_000_000_000_123,
      double: 0.1,
      date: new Date(1_795_000_000_000),
      none: null,
      list: [1, { deep: '课' }],
      text: '\u0000 $x 👩‍🏫 \\"',
    };
    expect(await things().add(doc)).toMatchObject({ id: 'a' });
    expect((await things().doc('a').get()).data).toEqual([doc]);
  });

  test('an id is made where none is given, and one that is taken is refused', async () => {
    const { id } = await things().add({ a: 1 });
    expect(id).toMatch(/^[0-9a-f]{24}$/);
    const message = expect.stringContaining('E11000');
    const taken = { code: 'DATABASE_DUPLICATE_WRITE', message };
    await expect(things().add({ _id: id, a: 2 })).rejects.toMatchObject(taken);
  });

  test('a hundred documents are answered when no limit is said, and a thousand at most', async () => {
    await things().add(Array.from({ length: 1_003 }, (_, n) => ({ _id: `${n}`, n })));
    expect((await things().get()).data).toHaveLength(100);
    const most = await things().orderBy('n', 'desc').limit(5_000).get();
    expect(most.data).toHaveLength(1_000);
    expect(most.data[0]).toEqual({ _id: '1002', n: 1_002 });
    expect((await things().orderBy('n', 'asc').skip(1_000).get()).data.map(({ n }) => n)).toEqual([
      1_000, 1_001, 1_002,
    ]);
    const { command: _ } = db;
    expect(
      await things()
        .where({ n: _.gte(1_000) })
        .count(),
    ).toMatchObject({ total: 3 });
  });

  test('texts are compared by their bytes, and only with texts', async () => {
    const texts = ['\uffff', '👩', 'a', 'B', 'a ', ''];
    await things().add([...texts, 5, null].map((x, n) => ({ _id: `${n}`, x })));
    const sorted = await things().orderBy('x', 'asc').get();
    expect(sorted.data.map(({ x }) => x)).toEqual([null, 5, '', 'B', 'a', 'a ', '\uffff', '👩']);
    const above = async (x: unknown) =>
      (
        await things()
          .options({ raw: true })
          .where({ x: { $gt: x } })
          .get()
      ).data.length;
    expect(await Promise.all([above(''), above('a '), above(4), above(null)])).toEqual([5, 2, 1, 0]);
  });

  test('a document is updated, replaced, claimed once, and removed', async () => {
    const { command: _ } = db;
    await things().doc('a').set({ state: 'new', by: null });
    expect(
      await things()
        .doc('a')
        .update({ n: _.inc(2), by: _.remove() }),
    ).toMatchObject({ updated: 1 });
    const claim = () => things().where({ _id: 'a', state: 'new' }).updateAndReturn({ state: 'claimed' });
    expect(await claim()).toMatchObject({ updated: 1, doc: { _id: 'a', state: 'claimed', n: 2 } });
    expect(await claim()).toMatchObject({ updated: 0, doc: null });
    await things().doc('a').set({ other: true });
    expect((await things().doc('a').get()).data).toEqual([{ _id: 'a', other: true }]);
    expect(await things().doc('a').remove()).toMatchObject({ deleted: 1 });
    expect(await things().doc('a').remove()).toMatchObject({ deleted: 0 });
  });

  test('a collection that is not there is an error', async () => {
    const missing = { code: 'DATABASE_COLLECTION_NOT_EXIST' };
    await expect(db.collection('nothing').get()).rejects.toMatchObject(missing);
    await expect(db.collection('nothing').add({ a: 1 })).rejects.toMatchObject(missing);
    await expect(db.createCollection('things')).rejects.toMatchObject({
      code: 'DATABASE_COLLECTION_ALREADY_EXIST',
    });
  });

  test('what it does not know is refused', async () => {
    await expect(things().aggregate().match({}).end()).rejects.toMatchObject({ code: 'INVALID_PARAM' });
    await expect(
      things()
        .where({ at: db.RegExp({ regexp: 'a' }) })
        .get(),
    ).rejects.toMatchObject({
      code: 'INVALID_PARAM',
    });
  });
});

describe('transactions', () => {
  test('one sees its snapshot and its own writes, and others see them after the commit', async () => {
    await things().add({ _id: 'a', n: 1 });
    const transaction = await db.startTransaction();
    const own = transaction.collection('things');
    expect((await own.doc('a').get()).data).toMatchObject({ n: 1 });
    await things().add({ _id: 'later', n: 5 });
    expect((await own.doc('later').get()).data).toBeNull();
    await own.add({ _id: 'b', n: 2 });
    expect((await own.where({ n: 2 }).get()).data).toEqual([{ _id: 'b', n: 2 }]);
    expect((await things().doc('b').get()).data).toEqual([]);
    await transaction.commit();
    expect((await things().doc('b').get()).data).toEqual([{ _id: 'b', n: 2 }]);
  });

  test('the second writer of a document fails at once, whoever commits first', async () => {
    await things().add({ _id: 'a', n: 1 });
    const [one, two] = [await db.startTransaction(), await db.startTransaction()];
    await two.collection('things').doc('a').get();
    await one.collection('things').doc('a').update({ n: 2 });
    await expect(two.collection('things').doc('a').update({ n: 3 })).rejects.toMatchObject(conflict);
    await expect(two.commit()).rejects.toMatchObject(over);
    await one.commit();
    const [three] = [await db.startTransaction()];
    await three.collection('things').doc('a').get();
    await things().doc('a').update({ n: 4 });
    await expect(three.collection('things').doc('a').update({ n: 5 })).rejects.toMatchObject(conflict);
    expect((await things().doc('a').get()).data).toEqual([{ _id: 'a', n: 4 }]);
  });

  test('so does the second who inserts an id, also when the first has removed it again', async () => {
    const [one, two] = [await db.startTransaction(), await db.startTransaction()];
    await two.collection('things').doc('a').get();
    await one.collection('things').add({ _id: 'a', n: 1 });
    await one.collection('things').doc('a').remove();
    await one.commit();
    await expect(two.collection('things').add({ _id: 'a', n: 2 })).rejects.toMatchObject(conflict);
    await things().add({ _id: 'a', n: 3 });
  });

  test('reading what another writes conflicts with nobody, and neither does a write that changes nothing', async () => {
    await things().add([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
    ]);
    const [one, two] = [await db.startTransaction(), await db.startTransaction()];
    for (const [transaction, own, others] of [
      [one, 'a', 'b'],
      [two, 'b', 'a'],
    ] as const) {
      await transaction.collection('things').doc(others).get();
      await transaction.collection('things').doc(others).update({ n: 1 });
      await transaction.collection('things').doc(own).update({ n: 0 });
    }
    await one.commit();
    await two.commit();
    expect((await things().where({ n: 0 }).get()).data).toHaveLength(2);
  });

  test('one that is rolled back, or has failed, leaves nothing behind', async () => {
    const one = await db.startTransaction();
    await one.collection('things').add({ _id: 'a' });
    await one.rollback();
    await expect(one.commit()).rejects.toMatchObject(over);
    const two = await db.startTransaction();
    await two.collection('things').add({ _id: 'b' });
    await things().add({ _id: 'c' });
    await expect(two.collection('things').add({ _id: 'c' })).rejects.toMatchObject(conflict);
    await expect(two.commit()).rejects.toMatchObject(over);
    expect((await things().get()).data).toEqual([{ _id: 'c' }]);
  });

  test('one ends after 30 seconds, and what it held is free', async () => {
    const slow = await db.startTransaction();
    await slow.collection('things').add({ _id: 'a', n: 1 });
    now += 30_000;
    await expect(things().add({ _id: 'a', n: 2 })).rejects.toMatchObject(conflict);
    now += 1;
    await things().add({ _id: 'a', n: 2 });
    await expect(slow.commit()).rejects.toMatchObject(over);
  });

  test('where().update() leaves the transaction, which is why nobody may use it', async () => {
    await things().add({ _id: 'a', n: 1 });
    const transaction = await db.startTransaction();
    await transaction.collection('things').where({ _id: 'a' }).update({ n: 2 });
    await transaction.rollback();
    expect((await things().doc('a').get()).data).toEqual([{ _id: 'a', n: 2 }]);
  });
});

describe('what it answers', () => {
  const wrong = { code: 'SIGN_PARAM_INVALID' };
  const asking = async (options: Partial<MadeCloudbase['client']>) => {
    const other = await new Client({ ...made.client, ...options }).db();
    return other.collection('things').get();
  };

  test('a signature of other keys, of another token, and an old one are refused', async () => {
    const keys = made.client.credentials();
    const others = [{ secretKey: 'x' }, { secretId: 'AKIDx' }, { token: 'x' }, { token: null }];
    for (const own of others) {
      const credentials = () => ({ ...keys, ...own });
      await expect(asking({ credentials })).rejects.toMatchObject(wrong);
      const other = new Client({ ...made.client, credentials });
      await expect(other.manage('DescribeTable', { TableName: 'things' })).rejects.toMatchObject({
        code: expect.stringContaining('AuthFailure'),
      });
    }
    await expect(asking({ credentials: anyKeys })).rejects.toMatchObject(wrong);
    const late = (ms: number) => ({ clock: { now: () => timeMs(now - ms) } });
    await expect(asking(late(700_000))).rejects.toMatchObject(wrong);
    await expect(asking(late(500_000))).resolves.toMatchObject({ data: [] });
  });

  test('so is a request that was changed on its way, in whatever part of it', async () => {
    const changed = (change: (body: string) => string, path = (text: string) => text) => ({
      send: sendTo((request) =>
        made.simulator.handle({
          ...request,
          path: path(request.path),
          body: Buffer.from(change(Buffer.from(request.body).toString())),
        }),
      ),
    });
    await expect(asking(changed((body) => body))).resolves.toMatchObject({ data: [] });
    const bodies = [
      (body: string) => body.replace('"things"', '"others"'),
      (body: string) => body.replace('"limit":100', '"limit":99'),
      (body: string) => body.replace('"queryType":"WHERE",', ''),
    ];
    for (const change of bodies) await expect(asking(changed(change))).rejects.toMatchObject(wrong);
    const elsewhere = changed(
      (body) => body,
      (path) => path.replace('seqId=', 'seqId=0'),
    );
    await expect(asking(elsewhere)).rejects.toMatchObject(wrong);
  });

  test('another environment is none', async () => {
    await expect(asking({ environment: 'other' })).rejects.toMatchObject({ code: 'INVALID_ENV' });
  });

  test('indexes are made, told and dropped by the cloud’s API', async () => {
    const client = new Client(made.client);
    const MgoIndexKeys = [{ Name: 'x', Direction: '1' }];
    const index = { IndexName: 'by_x', MgoKeySchema: { MgoIndexKeys, MgoIsUnique: false } };
    const table = { TableName: 'things' };
    await client.manage('UpdateTable', { ...table, CreateIndexes: [index] });
    expect(await client.manage('DescribeTable', table)).toMatchObject({
      IndexNum: 2,
      Indexes: [{ Name: '_id_' }, { Name: 'by_x', Keys: MgoIndexKeys, Unique: false }],
    });
    await client.manage('UpdateTable', { ...table, DropIndexes: [{ IndexName: 'by_x' }] });
    expect(await client.manage('DescribeTable', table)).toMatchObject({ IndexNum: 1 });
    await expect(client.manage('DropTable', table)).rejects.toMatchObject({ code: 'InvalidAction' });
  });

  test('calls go wrong as they are told to, each once, and are counted', async () => {
    const { simulator } = made;
    simulator.next('insertDocument', 'cut before', 'cut after', { status: 502 });
    simulator.next('getDocument', { code: 'EXCEED_REQUEST_LIMIT', message: 'enough' });
    await expect(things().add({ _id: 'a' })).rejects.toThrow('no answer');
    await expect(things().add({ _id: 'b' })).rejects.toThrow('no answer');
    await expect(things().add({ _id: 'c' })).rejects.toMatchObject({ code: '502' });
    await things().add({ _id: 'd' });
    await expect(things().get()).rejects.toMatchObject({ code: 'EXCEED_REQUEST_LIMIT' });
    expect((await things().get()).data.map(({ _id: id }) => id)).toEqual(['b', 'd']);
    expect(Object.fromEntries(simulator.calls)).toEqual({
      addCollection: 1,
      insertDocument: 4,
      getDocument: 2,
    });
  });

  test('the same behind a port, over HTTP; a call that is cut has no answer', async () => {
    const served = await serveCloudbase(made.simulator, 0);
    const { environment } = made.client;
    const addresses = addressesOf(environment, { given: served.url, region: null });
    const other = new Client({ ...made.client, addresses, send: httpSend() });
    const remote = (await other.db()).collection('things');
    await remote.add({ _id: 'a', text: '课'.repeat(1_000) });
    expect((await remote.doc('a').get()).data).toEqual([{ _id: 'a', text: '课'.repeat(1_000) }]);
    expect(await other.manage('DescribeTable', { TableName: 'things' })).toMatchObject({ IndexNum: 1 });
    made.simulator.next('getDocument', 'cut before');
    await expect(remote.get()).rejects.toThrow('socket hang up');
    await served.close();
  });
});
