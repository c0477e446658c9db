import { createUpload } from '../../../../functions/admin/catalogue/createUpload.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../shared/schemas/base.ts';
import { COVER_BYTES_MAX, MEDIA_BYTES_MAX } from '../../../../shared/schemas/catalogue/upload.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { exported } from '../../../support/given/export.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(createUpload, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  const ask = async (upload: unknown, role: Role = 'editor') =>
    world.call(createUpload, { upload } as never, await givenStaff(world, role));

  test('a cover: a key of its own, a link for its type and size, and where everybody will read it', async () => {
    const asked = { kind: 'cover', contentType: 'image/png', bytes: 1_000 } as const;
    const { upload } = (await ask(asked)).data;
    expect(upload).toMatchObject({
      headers: { 'content-type': 'image/png', 'content-length': '1000' },
      expiresAtMs: world.clock.now() + 15 * MINUTE_MS,
      publicUrl: world.ports.files.publicUrl(upload.key),
    });
    expect(upload.key).toMatch(/^covers\/fil_[0-9A-Z]{26}\.png$/);
    expect((await ask(asked)).data.upload.key).not.toBe(upload.key);
  });

  test('media: no public URL, and time enough for gigabytes; it is audited without the link', async () => {
    const { upload } = (await ask({ kind: 'media', contentType: 'video/mp4', bytes: 2_000_000_000 })).data;
    expect(upload).toMatchObject({ publicUrl: null, expiresAtMs: world.clock.now() + 6 * HOUR_MS });
    const audited = (await exported(world)).find(({ id }) => id === `upload.create:${upload.key}`);
    expect(audited).toMatchObject({ collection: 'audit' });
    expect(JSON.stringify(audited)).not.toContain('signature');
  });

  test.each([
    { kind: 'cover', contentType: 'image/svg+xml', bytes: 1 },
    { kind: 'cover', contentType: 'video/mp4', bytes: 1 },
    { kind: 'cover', contentType: 'image/png', bytes: COVER_BYTES_MAX + 1 },
    { kind: 'media', contentType: 'text/html', bytes: 1 },
    { kind: 'media', contentType: 'video/mp4', bytes: MEDIA_BYTES_MAX + 1 },
    { kind: 'media', contentType: 'video/mp4', bytes: 0 },
    { kind: 'media', contentType: 'video/mp4', bytes: 1, key: 'covers/a.png' },
  ])('request.invalid: %j', async (upload) => {
    expect(await ask(upload)).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  test.each(Role.options)('only editors and admins may: %s', async (role) => {
    const { status } = await ask({ kind: 'cover', contentType: 'image/png', bytes: 1 }, role);
    expect(status).toBe(role === 'editor' || role === 'admin' ? 200 : 403);
  });
});
