import { removeEnded } from '../../../functions/operations/removeEnded.ts';
import { removeTopic } from '../../../functions/talk/removeTopic.ts';
import { updateTopic } from '../../../functions/talk/updateTopic.ts';
import * as uploads from '../../../shared/data/review/uploads.ts';
import { giveUpChecking } from '../../../shared/domain/review/review.ts';
import { stepReview } from '../../../shared/flows/review/stepReview.ts';
import { DAY_MS, type UploadId } from '../../../shared/schemas/base.ts';
import { audited } from '../../support/audited.ts';
import { judgeTopic } from '../../support/given/topic.ts';
import { givenPictured, givenUpload } from '../../support/given/upload.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { nightlyFindings } from '../../support/nightlyFindings.ts';
import { createWorld, type World } from '../../support/world.ts';

describe('the uploads of what people write', () => {
  let world: World;
  let given: Awaited<ReturnType<typeof givenPictured>>;
  let first: UploadId;
  let second: UploadId;
  let target: `topic:${string}`;
  const edits = (images: readonly UploadId[]) => {
    const { id, title, body } = given.topic;
    return world.call(updateTopic, { id, title, body, images }, given.writer);
  };
  const deletes = () => world.call(removeTopic, { id: given.topic.id }, given.writer);
  const userOf = async (id: UploadId) => (await uploads.find(world.ports.database, id))?.usedBy;

  beforeEach(async () => {
    world = await createWorld();
    given = await givenPictured(world, 'teacher');
    first = given.image;
    second = await givenUpload(world, given.writer);
    target = `topic:${given.topic.id}`;
  });
  afterEach(async () => {
    const found = [
      ...(await nightlyFindings(world.ports.database, world.clock.now())),
      ...(await audited(world.ports.database)).findings,
    ];
    expect(found.filter(({ rule }) => rule === 'upload')).toEqual([]);
    await world.close();
  });

  test('what its author deletes goes with its files, two days after they came', async () => {
    expect((await deletes()).status).toBe(200);
    expect(await userOf(first)).toBeNull();
    const removing = jest.spyOn(world.ports.files, 'remove');
    await world.run(removeEnded);
    expect(removing).not.toHaveBeenCalled();
    world.clock.advance(2 * DAY_MS + 1);
    await world.run(removeEnded);
    expect(removing.mock.calls.map(([key]) => key).sort()).toEqual(
      [first, second].map((id) => `ugc/${given.writer.userId}/${id}.png`).sort(),
    );
    expect(await userOf(first)).toBeUndefined();
  });

  test('what its author deletes later than that goes with the next run', async () => {
    world.clock.advance(25 * DAY_MS);
    await world.run(removeEnded);
    expect(await userOf(first)).toBe(target);
    expect((await deletes()).status).toBe(200);
    world.clock.advance(1);
    expect(await world.run(removeEnded)).toMatchObject({ 'upload.removed': 1 });
    expect(await userOf(first)).toBeUndefined();
  });

  test('a picture that an edit replaces stays as long as others see it, and goes once they see the new one', async () => {
    await judgeTopic(world, given.topic.id);
    expect((await edits([second])).status).toBe(200);
    expect([await userOf(first), await userOf(second)]).toEqual([target, target]);
    await judgeTopic(world, given.topic.id);
    expect([await userOf(first), await userOf(second)]).toEqual([null, target]);
  });

  test('a picture that nobody saw goes with the edit, and can come back within its day', async () => {
    await edits([second]);
    expect([await userOf(first), await userOf(second)]).toEqual([null, target]);
    await edits([first]);
    expect([await userOf(first), await userOf(second)]).toEqual([target, null]);
  });

  test('a step that changes no words lets nothing go, and an edit with a picture of another’s changes nothing', async () => {
    const at = { now: world.clock.now(), requestId: 'req_1' };
    const silent = await givenPictured(world, 'silent');
    await world.ports.database.tx((tx) =>
      stepReview(tx, `topic:${silent.topic.id}`, (own) => giveUpChecking(own, at.now), at),
    );
    expect(await userOf(silent.image)).toBe(`topic:${silent.topic.id}`);
    const other = await givenUpload(world, await givenWriter(world, 'bob'));
    expect(await edits([second, other])).toMatchObject({ code: 'upload.not_found' });
    expect([await userOf(first), await userOf(second), await userOf(other)]).toEqual([target, null, null]);
  });
});
