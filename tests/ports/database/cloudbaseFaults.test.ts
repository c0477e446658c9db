import type { CloudbaseFault } from '../../../local/simulators/tencent/cloudbase.ts';
import { Client } from '../../../shared/adapters/cloudbase/client.ts';
import { cloudbaseDatabase, openCloudbase } from '../../../shared/adapters/cloudbase/database.ts';
import { RUNS_MAX } from '../../../shared/adapters/engine/rerun.ts';
import type { Send } from '../../../shared/adapters/http/request.ts';
import { codeOf } from '../../../shared/errors.ts';
import { DuplicateId, type Engine } from '../../../shared/ports/database.ts';
import { endlessTurn } from '../../support/clock.ts';
import { type MadeCloudbase, makeCloudbase } from '../../support/cloudbase.ts';
import { accounts, add, books, collections, marks, once, papers, put } from '../../support/collections.ts';
import { oneOf, seed, seeded } from '../../support/seeded.ts';
import { virtualTime } from '../../support/virtualTime.ts';

const { clock, pause } = virtualTime();
const random = seeded(seed);

let made: MadeCloudbase;
let database: Engine;
const given = (send: Send = made.client.send) => ({
  ...made.client,
  ...{ send, collections, random, pause, loop: endlessTurn },
});
beforeEach(async () => {
  made = makeCloudbase(clock);
  database = await openCloudbase(given());
  made.simulator.calls.clear();
});
afterEach(() => database.close());

const unavailable = { code: 'database.unavailable' };
const asked = (action: string) => made.simulator.calls.get(action) ?? 0;
const balance = async (id: string) => (await database.find(accounts, id))?.balance;

describe('cloudbase: a call without an answer', () => {
  test('the first call after a cold start: a read is asked once more, and then it is database.unavailable', async () => {
    await put(database, accounts, { id: 'a', balance: 1 });
    made.simulator.next('getDocument', 'cut before');
    expect(await balance('a')).toBe(1);
    made.simulator.next('getDocument', 'cut before', 'cut before');
    await expect(balance('a')).rejects.toMatchObject(unavailable);
  });

  const actions = ['startTransaction', 'insertDocument', 'modifyAndReturnDoc', 'commitTransaction'];
  const cases = actions.flatMap((action) =>
    (['cut before', 'cut after', { status: 502 }] as const).map((fault) => [action, fault] as const),
  );
  test.each(cases)('%s, %j: the work runs again, and takes effect once', async (action, fault) => {
    await put(database, accounts, { id: 'a', balance: 1 });
    made.simulator.next(action, fault);
    await add(database, 'cause', 'a', 10);
    expect(await balance('a')).toBe(11);
    expect(await database.find(marks, 'cause')).not.toBeNull();
  });

  test('what was begun and not committed is ended, so that nobody waits for it', async () => {
    await put(database, accounts, { id: 'a', balance: 1 });
    made.simulator.calls.clear();
    made.simulator.next('modifyAndReturnDoc', 'cut after');
    await put(database, accounts, { id: 'a', balance: 2 });
    expect([asked('startTransaction'), asked('abortTransaction'), asked('commitTransaction')]).toEqual([
      2, 1, 1,
    ]);
  });

  test('database.unavailable: a commit of which nobody can learn whether it has ended, so it is not run again', async () => {
    await put(database, accounts, { id: 'a', balance: 1 });
    made.simulator.calls.clear();
    made.simulator.next('commitTransaction', 'cut after');
    made.simulator.next('abortTransaction', 'cut before', { status: 502 }, 'cut before');
    const unknown = put(database, accounts, { id: 'a', balance: 2 });
    await expect(unknown).rejects.toMatchObject(unavailable);
    expect([asked('startTransaction'), asked('abortTransaction')]).toEqual([1, 3]);
    expect(await balance('a')).toBe(2);
  });

  test(`random faults in every call: what is added is added once (seed ${seed})`, async () => {
    const { simulator, client } = made;
    await put(database, accounts, { id: 'a', balance: 0 }, { id: 'b', balance: 0 });
    const faults: readonly CloudbaseFault[] = [
      'cut before',
      'cut after',
      { code: 'DATABASE_TRANSACTION_CONFLICT', message: 'Transaction is conflict' },
      { code: 'EXCEED_CONCURRENT_REQUEST_LIMIT', message: 'too many' },
      { status: 503 },
    ];
    const faulty: Send = (request) => {
      const action = /"action":"database\.(\w+)"/.exec(request.body)?.[1] ?? '';
      if (random() < 0.06) simulator.next(action, oneOf(random, faults));
      return client.send(request);
    };
    const openings = [1, 2].map(() => cloudbaseDatabase(given(faulty)));
    // A caller asks again after each of these, as it may.
    const insist = async (ask: () => Promise<void>): Promise<void> => {
      for (;;) {
        const code = await ask().then(
          () => 'done',
          (error: unknown) => codeOf(error) ?? String(error),
        );
        if (code === 'done') return;
        expect(['database.unavailable', 'database.conflict']).toContain(code);
      }
    };
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        insist(() => add(openings[n % 2] ?? database, `cause ${n}`, oneOf(random, ['a', 'b']), 1)),
      ),
    );
    expect(((await balance('a')) ?? 0) + ((await balance('b')) ?? 0)).toBe(40);
  });
});

describe('cloudbase: an answer that is an error', () => {
  test.each([
    { code: 'DATABASE_TRANSACTION_CONFLICT', message: 'Transaction is conflict' },
    { code: 'SYS_ERR', message: '[ResourceUnavailable.TransactionConflict] Transaction is conflict' },
    { code: 'DATABASE_TRANSACTION_FAIL', message: '[ResourceUnavailable.TransactionNotExist]' },
    { code: 'DATABASE_REQUEST_FAILED', message: 'WriteConflict error: this operation conflicted' },
    { code: 'DATABASE_TIMEOUT', message: 'timeout' },
  ])('%j runs the work again', async (fault) => {
    await put(database, accounts, { id: 'a', balance: 1 });
    made.simulator.next('modifyAndReturnDoc', fault);
    made.simulator.next('commitTransaction', fault);
    await put(database, accounts, { id: 'a', balance: 2 });
    expect(await balance('a')).toBe(2);
  });

  test('database.conflict: after conflicts in every run', async () => {
    await put(database, accounts, { id: 'a', balance: 1 });
    const fault = { code: 'DATABASE_TRANSACTION_CONFLICT', message: 'Transaction is conflict' };
    made.simulator.calls.clear();
    made.simulator.next('modifyAndReturnDoc', ...Array.from({ length: RUNS_MAX }, () => fault));
    const hopeless = put(database, accounts, { id: 'a', balance: 2 });
    await expect(hopeless).rejects.toMatchObject({ code: 'database.conflict' });
    expect(asked('startTransaction')).toBe(RUNS_MAX);
  });

  test.each([
    { code: 'DATABASE_DUPLICATE_WRITE', message: '[FailedOperation.DuplicateWrite] duplicate' },
    { code: 'DATABASE_REQUEST_FAILED', message: '[FailedOperation] E11000 duplicate key error' },
  ])('DuplicateId: %j, and only when the id is taken', async (fault) => {
    made.simulator.next('insertDocument', fault);
    await database.tx((tx) => tx.insert(marks, { id: 'free' }));
    expect(await database.find(marks, 'free')).not.toBeNull();
    made.simulator.next('insertDocument', fault);
    await expect(database.tx((tx) => tx.insert(marks, { id: 'free' }))).rejects.toThrow(DuplicateId);
  });

  test('database.unavailable: a limit that stays reached, after some runs', async () => {
    const fault = { code: 'EXCEED_REQUEST_LIMIT', message: 'enough for today' };
    made.simulator.calls.clear();
    made.simulator.next('getDocument', ...Array.from({ length: RUNS_MAX }, () => fault));
    await expect(balance('a')).rejects.toMatchObject({
      ...unavailable,
      detail: 'EXCEED_REQUEST_LIMIT in accounts',
    });
    expect(asked('getDocument')).toBe(RUNS_MAX);
  });

  test.each(['DATABASE_PERMISSION_DENIED', 'INVALID_PARAM', 'SIGN_PARAM_INVALID', 'DATABASE_REQUEST_FAILED'])(
    'database.unavailable: %s, at once, and with nothing of a document in it',
    async (code) => {
      const fault = { code, message: 'about canary' };
      for (const action of ['getDocument', 'startTransaction', 'insertDocument', 'commitTransaction']) {
        made.simulator.calls.clear();
        made.simulator.next(action, fault);
        const refused = database.tx(async (tx) => {
          if ((await tx.find(marks, action)) === null) await tx.insert(marks, { id: action });
        });
        await expect(refused).rejects.toMatchObject({
          ...unavailable,
          detail: expect.stringContaining(code),
        });
        await expect(refused).rejects.not.toMatchObject({ detail: expect.stringContaining('canary') });
        expect([action, asked(action)]).toEqual([action, 1]);
      }
    },
  );

  test('database.unavailable: no collection, which is named, because nobody has migrated', async () => {
    made = makeCloudbase(clock);
    const empty = cloudbaseDatabase(given());
    await expect(empty.find(accounts, 'a')).rejects.toMatchObject({
      ...unavailable,
      detail: 'DATABASE_COLLECTION_NOT_EXIST in accounts',
    });
    await expect(empty.tx((tx) => tx.insert(marks, { id: 'm' }))).rejects.toMatchObject(unavailable);
    await empty.migrate({ isOldGone: false });
    expect(await empty.find(accounts, 'a')).toBeNull();
  });

  test('database.unavailable: no credentials, in the words of who should have them', async () => {
    const credentials = () => {
      throw new Error('the function has no role');
    };
    const stranger = cloudbaseDatabase({ ...given(), credentials });
    const refusal = { ...unavailable, detail: expect.stringContaining('the function has no role') };
    await expect(stranger.find(accounts, 'a')).rejects.toMatchObject(refusal);
    await expect(stranger.tx((tx) => tx.insert(marks, { id: 'm' }))).rejects.toMatchObject(refusal);
  });
});

describe('cloudbase: transactions', () => {
  test('who relies on a document that was often relied on is in the way of who writes it', async () => {
    await put(database, accounts, { id: 'left', balance: 1 }, { id: 'right', balance: 1 });
    const other = cloudbaseDatabase(given());
    const take = (opening: Engine, cause: string, own: string) =>
      once(opening, cause, async (tx) => {
        const [left, right] = [await tx.find(accounts, 'left'), await tx.find(accounts, 'right')];
        const mine = own === 'left' ? left : right;
        if (left === null || right === null || mine === null || left.balance + right.balance < 2) return;
        await tx.update(accounts, { ...mine, balance: 0 });
      });
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([take(database, `l${round}`, 'left'), take(other, `r${round}`, 'right')]);
      const found = await database.findMany(accounts, ['left', 'right']);
      expect(found.reduce((sum, each) => sum + each.balance, 0)).toBe(1);
      const taken = found.find((each) => each.balance === 0);
      if (taken !== undefined) await put(database, accounts, { ...taken, balance: 1 });
    }
  });

  test('what a killed process holds is free after 30 seconds', async () => {
    await put(database, accounts, { id: 'a', balance: 1 });
    const transaction = await (await new Client(made.client).db()).startTransaction();
    await transaction.collection('accounts').doc('a').update({ v: 0 });
    const stuck = put(database, accounts, { id: 'a', balance: 2 });
    await expect(stuck).rejects.toMatchObject({ code: 'database.conflict' });
    await pause(30_001);
    await put(database, accounts, { id: 'a', balance: 2 });
    expect(await balance('a')).toBe(2);
  });

  test('nothing is changed by calls that the SDK sends without the transaction', async () => {
    await put(database, accounts, { id: 'a', balance: 1 }, { id: 'b', balance: 1 });
    await once(database, 'cause', async (tx) => {
      await tx.find(accounts, 'a');
      await tx.remove(accounts, 'b');
    });
    expect(asked('modifyDocument')).toBe(0);
    expect(asked('removeDocument')).toBe(1);
  });
});

describe('cloudbase: what is sent', () => {
  test('what one turn of the event loop asks for goes together, by collection', async () => {
    await put(database, accounts, { id: 'a', balance: 1 }, { id: 'b', balance: 2 });
    made.simulator.calls.clear();
    const found = await database.tx((tx) =>
      Promise.all([
        tx.find(accounts, 'a'),
        tx.peek(accounts, 'b'),
        tx.peek(accounts, 'c'),
        tx.peek(marks, 'm'),
      ]),
    );
    expect(found).toEqual([{ id: 'a', balance: 1 }, { id: 'b', balance: 2 }, null, null]);
    expect(Object.fromEntries(made.simulator.calls)).toEqual({ getDocument: 2 });
  });

  test('a transaction asks for what it reads, writes each document once, and begins and commits', async () => {
    await put(database, accounts, { id: 'a', balance: 1 }, { id: 'b', balance: 2 });
    made.simulator.calls.clear();
    await database.tx(async (tx) => {
      await Promise.all([tx.find(accounts, 'a'), tx.find(accounts, 'b')]);
      await tx.update(accounts, { id: 'a', balance: 3 });
      await tx.insert(marks, { id: 'm' });
    });
    expect(Object.fromEntries(made.simulator.calls)).toEqual({
      getDocument: 1,
      startTransaction: 1,
      modifyAndReturnDoc: 2,
      insertDocument: 1,
      commitTransaction: 1,
    });
  });

  test('keys and texts that look like operators are data', async () => {
    const content = { $set: { id: 'x' }, 'a.b': { $ne: null }, $gt: '', list: [{ $in: ['$id'] }] };
    await put(database, papers, { id: '$papers.0', content });
    expect(await database.find(papers, '$papers.0')).toEqual({ id: '$papers.0', content });
    const book = { id: '{"$gt":""}', shelf: '$gt', rank: 1, title: '{"$ne":null}', isOpen: true };
    await put(database, books, book, { ...book, id: 'other', title: 'other' });
    const { items } = await database.list(books, {
      ...{ index: 'byTitle', where: { title: book.title }, order: 'ascending', limit: 9, cursor: null },
    });
    expect(items).toEqual([book]);
  });

  test('indexes are declared once, each with the id at its end, and dropped when nobody declares them', async () => {
    const client = new Client(made.client);
    const indexes = async () => (await client.manage('DescribeTable', { TableName: 'books' })).Indexes;
    expect(await indexes()).toContainEqual({
      Name: 'by_shelf_rank',
      Keys: ['by_shelf', 'by_rank', '_id'].map((Name) => ({ Name, Direction: '1' })),
      Unique: false,
    });
    await (await openCloudbase(given())).close();
    expect(await indexes()).toHaveLength(5);
    const fewer = [{ ...books, indexes: { byTitle: { fields: ['title'] } } }];
    const later = cloudbaseDatabase({ ...given(), collections: fewer });
    await later.migrate({ isOldGone: false });
    expect(await indexes()).toHaveLength(5);
    await later.migrate({ isOldGone: true });
    expect(await indexes()).toHaveLength(2);
    expect(await later.undeclared()).toEqual([]);
    await put(database, accounts, { id: 'a', balance: 1 });
    expect(await later.undeclared()).toEqual(['accounts']);
  });
});
