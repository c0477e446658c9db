import { checkMedia } from '../../../functions/review/checkMedia.ts';
import { checkVerdict } from '../../../functions/review/checkVerdict.ts';
import { serveCheckedMedia } from '../../../functions/review/serveCheckedMedia.ts';
import { sweepChecks } from '../../../functions/review/sweepChecks.ts';
import { ASK_AGAIN_MS } from '../../../shared/domain/review/mediaCheck.ts';
import { CHECK_MAX_MS } from '../../../shared/domain/review/review.ts';
import { AppError } from '../../../shared/errors.ts';
import { HOUR_MS, MINUTE_MS, type UploadId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { checksText, givenEdited, givenWritten, type Wrote, writtenNow } from '../../support/given/review.ts';
import { givenStoredFile } from '../../support/given/storedFile.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const askAbout = ({ target }: Wrote, image: UploadId) =>
  world.deliver('checkMedia', `media.submitted:${target}:1:${image}`);

/** Somebody writes with one picture; the text has passed. */
async function written(words = '一张照片', by: Buyer = alice): Promise<{ wrote: Wrote; image: UploadId }> {
  const image = await givenStoredFile(world, by, words);
  const wrote = await givenWritten(world, by, '看图', { images: [image] });
  await checksText(world, wrote);
  return { wrote, image };
}

/** As long as WeChat takes at most, and what it then pushes is taken. */
async function later(ms = 2 * MINUTE_MS): Promise<void> {
  world.clock.advance(ms);
  await world.drain();
}

const reviewOf = async (wrote: Wrote) => (await writtenNow(world, wrote)).review;

describeFunction(checkMedia, () => {
  test('LK28: a picture that passes makes it public, not before both its text and the picture passed', async () => {
    const { wrote, image } = await written();
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: false, review: { waitsFor: [image] } });
    await askAbout(wrote, image);
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: false });
    await later();
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: true, review: { state: 'public' } });
    expect(await storedIn(world, 'mediaChecks')).toMatchObject([
      { asked: 1, fetched: [expect.stringMatching(/^ask_/)] },
    ]);
  });

  test.each([
    ['违规色情', { state: 'rejected', label: 20_002 }],
    ['存疑广告', { state: 'queued', label: 10_001, doubts: ['check:10001'] }],
  ])('a picture with %s', async (words, review) => {
    const { wrote, image } = await written(words);
    await askAbout(wrote, image);
    await later();
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: false, review });
  });

  test('LK20: a picture that passes although nobody fetched it is not public: staff decide', async () => {
    const { wrote, image } = await written('违规');
    world.weixin.faults.next('verdictUnfetched');
    await askAbout(wrote, image);
    await later();
    expect(await writtenNow(world, wrote)).toMatchObject({
      ...{ isShown: false, review: { state: 'queued', doubts: ['unfetched'] } },
    });
    expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'content_review', state: 'open' }]);
  });

  test('LK20: a picture fetched for a question that was never answered is no proof for the next one', async () => {
    const { wrote, image } = await written('违规');
    world.weixin.faults.next('verdictSilent');
    await askAbout(wrote, image);
    await later(ASK_AGAIN_MS);
    expect(await storedIn(world, 'mediaChecks')).toMatchObject([{ fetched: [expect.any(String)] }]);
    await world.run(sweepChecks);
    world.weixin.faults.next('verdictUnfetched');
    await world.drain();
    await later();
    expect(await writtenNow(world, wrote)).toMatchObject({
      ...{ isShown: false, review: { state: 'queued', doubts: ['unfetched'] } },
    });
  });

  test('LK20: nor is one that passes while a part of its check failed, though it was fetched before', async () => {
    const { wrote, image } = await written('违规');
    await askAbout(wrote, image);
    const url = new URL(world.weixin.safety?.media[0]?.url ?? '');
    const query = { token: url.searchParams.get('token') ?? '' };
    expect((await world.call(serveCheckedMedia, { query, rawBody: '' })).status).toBe(200);
    world.weixin.faults.next('fetchFailed');
    await later();
    expect(await reviewOf(wrote)).toMatchObject({ state: 'queued', doubts: ['broken'] });
  });

  test.each(['verdictTwice', 'verdictOtherShape'] as const)(
    'a verdict that comes %s counts once, as it is',
    async (fault) => {
      const { wrote, image } = await written('违规');
      world.weixin.faults.next(fault);
      await askAbout(wrote, image);
      await later();
      await later();
      expect(await reviewOf(wrote)).toMatchObject({ state: 'rejected' });
      expect(await storedIn(world, 'cases')).toEqual([]);
    },
  );

  test('what WeChat fetches only when the address has ended waits for staff', async () => {
    const { wrote, image } = await written();
    await askAbout(wrote, image);
    await later(HOUR_MS);
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: false, review: { state: 'queued' } });
  });

  test('a verdict about the picture of an older version changes nothing', async () => {
    const { wrote, image } = await written('违规');
    await askAbout(wrote, image);
    await givenEdited(world, wrote, '不带图了');
    await later();
    expect(await reviewOf(wrote)).toMatchObject({ state: 'checking', version: 2 });
    await checksText(world, wrote, 2);
    expect(await writtenNow(world, wrote)).toMatchObject({ isShown: true, shown: { images: [] } });
  });

  test('what WeChat will never check waits for staff', async () => {
    const { wrote, image } = await written('一张照片', await world.login('away'));
    await askAbout(wrote, image);
    expect(await reviewOf(wrote)).toMatchObject({ state: 'queued' });
  });

  test('while WeChat does not take it, it waits and is asked again', async () => {
    const { wrote, image } = await written();
    world.weixin.faults.next('busy');
    await expect(askAbout(wrote, image)).rejects.toBeInstanceOf(AppError);
    await askAbout(wrote, image);
    await later();
    expect(await reviewOf(wrote)).toMatchObject({ state: 'public' });
  });
});

describeFunction(sweepChecks, () => {
  test('WeChat is asked once more after 40 minutes without a verdict, and only once', async () => {
    const { wrote, image } = await written();
    world.weixin.faults.next('verdictSilent');
    await askAbout(wrote, image);
    await later(ASK_AGAIN_MS);
    expect(await world.run(sweepChecks)).toEqual({ 'comment.asked_again': 1 });
    expect(await world.run(sweepChecks)).toEqual({ 'comment.waiting': 1 });
    await world.drain();
    expect(world.weixin.safety?.media).toHaveLength(2);
    await later();
    expect(await reviewOf(wrote)).toMatchObject({ state: 'public' });
  });

  test('when it stays silent, staff decide after two hours', async () => {
    const { wrote, image } = await written();
    world.weixin.faults.shares.verdictSilent = 1;
    await askAbout(wrote, image);
    await later(ASK_AGAIN_MS);
    await world.run(sweepChecks);
    await later(CHECK_MAX_MS - ASK_AGAIN_MS);
    expect(await world.run(sweepChecks)).toEqual({ 'comment.queued': 1 });
    expect(await reviewOf(wrote)).toMatchObject({ state: 'queued', doubts: ['silent'] });
  });
});

describeFunction(serveCheckedMedia, () => {
  const asked = async () => {
    const { wrote, image } = await written('图里的字');
    await askAbout(wrote, image);
    const url = new URL(world.weixin.safety?.media[0]?.url ?? '');
    return { origin: url.origin, path: url.pathname, query: { token: url.searchParams.get('token') ?? '' } };
  };
  const fetches = (query: Readonly<Record<string, string>>) =>
    world.call(serveCheckedMedia, { query, rawBody: '' });

  test('the address that WeChat was given opens the file, at our own server', async () => {
    const { origin, path, query } = await asked();
    expect([origin, path]).toEqual(['https://api.example.com', '/api/checked-media']);
    const answer = await fetches(query);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'image/png']);
    expect(answer.body).toContain('PNG');
    expect(answer.body).toMatch(/图里的字$/);
  });

  test('notice.signature_invalid: another token, a changed one, none, and one whose hour is over', async () => {
    const { query } = await asked();
    const changed = query.token.replace(
      /.(.{9})$/,
      (end) => `${end.startsWith('A') ? 'B' : 'A'}${end.slice(1)}`,
    );
    for (const token of ['', 'v1.AAAA', changed, query.token.slice(0, -3)])
      expect((await fetches({ token })).code).toBe('notice.signature_invalid');
    world.clock.advance(HOUR_MS);
    expect((await fetches(query)).code).toBe('notice.signature_invalid');
  });

  test('upload.not_found: the file is not there', async () => {
    const { query } = await asked();
    jest.spyOn(world.ports.files, 'read').mockResolvedValueOnce(null);
    expect((await fetches(query)).code).toBe('upload.not_found');
  });

  test.each(['<script>alert(1)</s>', ''])(
    'upload.not_found: a file that is not what it says, such as %j, is not counted as fetched',
    async (words) => {
      const { query } = await asked();
      jest.spyOn(world.ports.files, 'read').mockResolvedValueOnce(Buffer.from(words));
      expect((await fetches(query)).code).toBe('upload.not_found');
      expect(await storedIn(world, 'mediaChecks')).toMatchObject([{ fetched: [] }]);
    },
  );

  test('storage.unavailable: it is not counted as fetched', async () => {
    const { fail } = await import('../../../shared/errors.ts');
    const { query } = await asked();
    jest.spyOn(world.ports.files, 'read').mockRejectedValueOnce(fail('storage.unavailable'));
    expect((await fetches(query)).code).toBe('storage.unavailable');
    expect(await storedIn(world, 'mediaChecks')).toMatchObject([{ fetched: [] }]);
  });
});

describeFunction(checkVerdict, () => {
  test('a verdict about nothing of ours is left alone after an hour', async () => {
    const { fact } = await import('../../../shared/event.ts');
    const { mediaChecked } = await import('../../../events/mediaChecked.ts');
    const { givenFact } = await import('../../support/given/fact.ts');
    const said = { traceId: 'stranger', suggest: 'pass', label: 100, isWhole: true } as const;
    const id = await givenFact(world, fact(mediaChecked, 'stranger', said));
    await expect(world.deliver('checkVerdict', id)).rejects.toBeInstanceOf(AppError);
    world.clock.advance(HOUR_MS);
    expect(await world.deliver('checkVerdict', id)).toBe('done');
  });
});
