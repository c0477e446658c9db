/** Files that people upload, and what they write with them. */
import { requestUpload } from '../../../functions/review/requestUpload.ts';
import { type GroupId, UploadId } from '../../../shared/schemas/base.ts';
import type { MyTopicView } from '../../../shared/schemas/talk/topic.ts';
import type { World } from '../world.ts';
import { givenGroup } from './group.ts';
import type { Buyer } from './order.ts';
import { givenTopic } from './topic.ts';
import { givenWriter } from './writer.ts';

/** A picture that somebody has asked to upload, and that nothing uses yet. */
export async function givenUpload(world: World, who: Buyer): Promise<UploadId> {
  const id = UploadId.parse(world.ports.ids.make('upl'));
  const answer = await world.call(requestUpload, { id, contentType: 'image/png', bytes: 1_000 }, who);
  if (answer.status !== 200) throw new Error(`no upload: ${answer.code}`);
  return id;
}

/** Somebody who teaches in a group, and so may show pictures, wrote a topic with one that waits for its check. */
export async function givenPictured(
  world: World,
  name: string,
): Promise<{
  readonly writer: Buyer;
  readonly groupId: GroupId;
  readonly topic: MyTopicView;
  readonly image: UploadId;
}> {
  const writer = await givenWriter(world, name);
  const { id: groupId } = await givenGroup(world, { teachers: [writer.userId] });
  const image = await givenUpload(world, writer);
  const topic = await givenTopic(world, writer, groupId, { images: [image] });
  return { writer, groupId, topic, image };
}
