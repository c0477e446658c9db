/** Opens cases for staff. */
import * as cases from '../../../shared/data/operations/cases.ts';
import type { CaseKind } from '../../../shared/schemas/operations/case.ts';
import type { World } from '../world.ts';

/** Opens a case of this kind and cause, one second after the one before. Answers its id. */
export async function givenCase(
  world: World,
  kind: CaseKind,
  cause: string,
  about: Pick<cases.CaseOpened, 'refundId'> = {},
): Promise<string> {
  world.clock.advance(1_000);
  const opened = { kind, cause, story: '有用户反映无法观看课程', ...about };
  await world.ports.database.tx((tx) => cases.open(tx, opened, world.clock.now()));
  return `${kind}:${cause}`;
}
