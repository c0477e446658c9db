import fc from 'fast-check';
import {
  changeNote,
  draftGroup,
  endGroup,
  isMember,
  maySeeGroup,
  newNote,
  publishGroup,
} from '../../../shared/domain/talk/group.ts';
import { GroupId, ProductId, timeMs, UserId } from '../../../shared/schemas/base.ts';
import { Group, GroupKind, GroupState } from '../../../shared/schemas/talk/group.ts';

const userId = UserId.parse('usr_01JD0000000000000000000001');
const other = UserId.parse('usr_01JD0000000000000000000002');
const groupId = GroupId.parse('grp_01JD0000000000000000000003');
const now = timeMs(1_800_000_000_000);

const groups = fc
  .record({
    kind: fc.constantFrom(...GroupKind.options),
    state: fc.constantFrom(...GroupState.options),
    isTeacher: fc.boolean(),
    isAssistant: fc.boolean(),
  })
  .map(
    ({ kind, state, isTeacher, isAssistant }): Group => ({
      ...{ id: groupId, kind, state, title: '小组', intro: '', coverUrl: null, version: 1 },
      productId: kind === 'open' ? null : ProductId.parse('prd_01JD0000000000000000000004'),
      teachers: isTeacher ? [other, userId] : [other],
      assistants: isAssistant ? [userId] : [],
      ...{ draftDigest: '0'.repeat(64), publishedAtMs: null, createdAtMs: now, updatedAtMs: now },
    }),
  );
const standing = fc
  .record({ mayUse: fc.boolean(), hasJoined: fc.option(fc.boolean()) })
  .map(({ mayUse, hasJoined }) => ({
    ...{ userId, mayUse },
    note: hasJoined === null ? null : { ...newNote(groupId, userId, now), hasJoined },
  }));

describe('a group', () => {
  test('whoever may enter may see it, and nobody enters one that is not published', () => {
    fc.assert(
      fc.property(groups, standing, (group, own) => {
        if (isMember(group, own)) expect(maySeeGroup(group, own)).toBe(true);
        if (group.state !== 'published') expect(maySeeGroup(group, own)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test('without teaching, a product’s group depends on its product alone, an open one on having joined alone', () => {
    fc.assert(
      fc.property(groups, standing, (group, own) => {
        const plain: Group = { ...group, state: 'published', teachers: [other], assistants: [] };
        const expected = group.kind === 'open' ? own.note?.hasJoined === true : own.mayUse;
        expect(isMember(plain, own)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  test('an ended group stays ended', () => {
    const draft = {
      ...{ id: groupId, kind: 'open' as const, productId: null, title: '小组', intro: '', coverUrl: null },
      ...{ teachers: [], assistants: [] },
    };
    const ended = endGroup(draftGroup(draft, '0'.repeat(64), now), now);
    expect(Group.parse(ended)).toEqual(ended);
    expect(endGroup(ended, timeMs(now + 1))).toBe(ended);
    expect(() => publishGroup(ended, ended.version, now)).toThrow('group.ended');
  });

  test('what was read stays read, in whatever order it is told', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (told) => {
        const read = told.reduce(
          (note, atMs) => changeNote(note, { lastReadAtMs: timeMs(atMs) }, now),
          newNote(groupId, userId, now),
        );
        expect(read.lastReadAtMs).toBe(Math.max(...told));
      }),
      { numRuns: 1_000 },
    );
  });
});
