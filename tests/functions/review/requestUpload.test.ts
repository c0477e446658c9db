import { removeEnded } from '../../../functions/operations/removeEnded.ts';
import { requestUpload } from '../../../functions/review/requestUpload.ts';
import * as uploads from '../../../shared/data/review/uploads.ts';
import { submitNew } from '../../../shared/domain/review/review.ts';
import { fail } from '../../../shared/errors.ts';
import { useUploads } from '../../../shared/flows/review/useUploads.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type UploadId, type UserId } from '../../../shared/schemas/base.ts';
import { LEARNER_FILE_BYTES_MAX } from '../../../shared/schemas/review/learnerUpload.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

const COMMENT = 'comment:cmt_01JD0000000000000000000004';

describeFunction(requestUpload, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  const newId = () => world.ports.ids.make('upl') as UploadId;
  const ask = (changes: object = {}, who: { readonly token?: string } = alice) =>
    world.call(requestUpload, { id: newId(), contentType: 'image/png', bytes: 1_000, ...changes }, who);
  /** Names these uploads in what alice writes now, or as `changes` say. */
  const use = (
    ids: readonly UploadId[],
    changes: { readonly userId?: UserId; readonly target?: string; readonly kind?: 'image' | 'audio' } = {},
  ) => {
    const { userId = alice.userId, target = COMMENT, kind = 'image' } = changes;
    const files =
      kind === 'image' ? { images: [...ids], audio: null } : { images: [], audio: ids[0] ?? null };
    const after = submitNew(userId, { title: null, body: '', ...files }, [], world.clock.now());
    return world.ports.database.tx((tx) =>
      useUploads(tx, target, { before: null, after }, world.clock.now()),
    );
  };

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('a link for this file only, under a private key of the caller’s own', async () => {
    const id = newId();
    const asked = jest.spyOn(world.ports.files, 'uploadLink');
    const { upload } = (await ask({ id })).data;
    const headers = { 'content-type': 'image/png', 'content-length': '1000' };
    expect(upload).toMatchObject({ id, headers, expiresAtMs: world.clock.now() + 15 * MINUTE_MS });
    const key = `ugc/${alice.userId}/${id}.png`;
    expect(asked).toHaveBeenCalledWith(
      { key, contentType: 'image/png', bytes: 1_000, isPublic: false },
      upload.expiresAtMs,
    );
    expect(await storedIn(world, 'uploads')).toMatchObject([{ id, userId: alice.userId, key, usedBy: null }]);
  });

  test('a repeat is the same upload with a new link, also at once', async () => {
    const id = newId();
    const both = await Promise.all([ask({ id }), ask({ id })]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(await storedIn(world, 'uploads')).toHaveLength(1);
  });

  test('upload.id_taken: by somebody else, for another file, once it is used, or too late to be used', async () => {
    const id = newId();
    await ask({ id });
    const bob = await world.login('bob');
    for (const again of [ask({ id }, bob), ask({ id, bytes: 999 }), ask({ id, contentType: 'image/jpeg' })])
      expect(await again).toMatchObject({ status: 409, code: 'upload.id_taken' });
    const late = newId();
    await ask({ id: late });
    await use([id]);
    expect(await ask({ id })).toMatchObject({ code: 'upload.id_taken' });
    world.clock.advance(DAY_MS);
    expect(await ask({ id: late })).toMatchObject({ code: 'upload.id_taken' });
  });

  test.each([
    { contentType: 'image/svg+xml' },
    { contentType: 'video/mp4' },
    { bytes: 0 },
    { bytes: LEARNER_FILE_BYTES_MAX + 1 },
    { id: 'upl_../../covers/x' },
    { key: 'covers/x.png' },
  ])('request.invalid: %j', async (changes) => {
    expect(await ask(changes)).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(await storedIn(world, 'uploads')).toEqual([]);
  });

  test('a hundred a day, and not one more', async () => {
    for (let n = 0; n < 100; n += 1) expect((await ask()).status).toBe(200);
    expect(await ask()).toMatchObject({ status: 429, code: 'request.too_many' });
    expect((await ask({}, await world.login('bob'))).status).toBe(200);
    world.clock.advance(DAY_MS);
    expect((await ask()).status).toBe(200);
  });

  test('upload.not_found: only its owner can use it, as what it is, for one thing, within a day', async () => {
    const [id, sound, old] = [newId(), newId(), newId()];
    await ask({ id: old });
    world.clock.advance(DAY_MS - HOUR_MS);
    await ask({ id });
    await ask({ id: sound, contentType: 'audio/mp4' });
    const bob = await world.login('bob');
    world.clock.advance(HOUR_MS);
    for (const [ids, changes] of [
      [[id], { userId: bob.userId }],
      [[sound], {}],
      [[id], { kind: 'audio' }],
      [[id, newId()], {}],
      [[old], {}],
    ] as const)
      await expect(use(ids, changes)).rejects.toMatchObject({ code: 'upload.not_found' });
    expect((await storedIn(world, 'uploads')).map((each) => Object(each).usedBy)).toEqual([null, null, null]);
    await use([id, id]);
    await use([sound], { kind: 'audio' });
    await expect(use([id], { target: 'comment:other' })).rejects.toMatchObject({ code: 'upload.not_found' });
    world.clock.advance(30 * DAY_MS);
    await use([id]);
  });

  describe('removing', () => {
    let used: UploadId;
    let unused: UploadId;
    const keyOf = async (id: UploadId) =>
      (await uploads.find(world.ports.database, id))?.key ?? `there is no ${id}`;
    const removed = () => jest.spyOn(world.ports.files, 'remove');
    beforeEach(async () => {
      [used, unused] = [newId(), newId()];
      for (const id of [used, unused]) await ask({ id });
      await use([used]);
    });

    test('what nothing uses ends after two days with its file, and what is used stays', async () => {
      const removing = removed();
      const key = await keyOf(unused);
      world.clock.advance(2 * DAY_MS);
      expect(await world.run(removeEnded)).not.toHaveProperty(['upload.removed']);
      expect(removing).not.toHaveBeenCalled();
      world.clock.advance(1);
      expect(await world.run(removeEnded)).toMatchObject({ 'upload.removed': 1 });
      expect(removing.mock.calls).toEqual([[key]]);
      expect((await storedIn(world, 'uploads')).map((each) => Object(each).id)).toEqual([used]);
      expect(await world.run(removeEnded)).not.toHaveProperty(['upload.removed']);
    });

    test('a file that the storage does not remove is removed by the next run, and others at once', async () => {
      const other = newId();
      await ask({ id: other });
      const key = await keyOf(unused);
      world.clock.advance(2 * DAY_MS + 1);
      const removing = removed().mockImplementation(async (asked) => {
        if (asked === key) throw fail('storage.unavailable');
      });
      expect(await world.run(removeEnded)).toMatchObject({ 'upload.removed': 1, 'upload.failed': 1 });
      expect(await keyOf(unused)).toBe(key);
      removing.mockRestore();
      expect(await world.run(removeEnded)).toMatchObject({ 'upload.removed': 1 });
      expect(await uploads.find(world.ports.database, unused)).toBeNull();
    });

    test('the file goes first, so what is cut off between is finished by the next run', async () => {
      world.clock.advance(2 * DAY_MS + 1);
      const removing = removed().mockImplementationOnce(async () => {
        jest.spyOn(world.ports.database, 'tx').mockRejectedValueOnce(new Error('killed'));
      });
      expect(await world.run(removeEnded)).toMatchObject({ 'upload.failed': 1 });
      expect(await uploads.find(world.ports.database, unused)).not.toBeNull();
      expect(await world.run(removeEnded)).toMatchObject({ 'upload.removed': 1 });
      expect(removing).toHaveBeenCalledTimes(2);
    });

    test('two runs at once remove each once', async () => {
      world.clock.advance(2 * DAY_MS + 1);
      const runs = await Promise.all([world.run(removeEnded), world.run(removeEnded)]);
      const counts = runs.map((run) => Object(run)['upload.removed'] ?? 0);
      expect(counts[0] + counts[1]).toBe(1);
      expect(runs.map((run) => Object(run)['upload.failed'])).toEqual([undefined, undefined]);
    });
  });
});
