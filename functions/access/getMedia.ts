import * as z from 'zod';
import { mediaExpiresAtMs } from '../../shared/domain/catalogue/course.ts';
import { fail } from '../../shared/errors.ts';
import { openContent } from '../../shared/flows/access/openContent.ts';
import { http } from '../../shared/function.ts';
import { ProductId } from '../../shared/schemas/base.ts';
import { MediaView } from '../../shared/schemas/catalogue/product.ts';

/** Opens an audio or video: a URL that stops working soon after the file could have been played through. */
export const getMedia = http(
  {
    route: 'GET /api/media/{productId}',
    auth: 'optional',
    input: z.strictObject({ productId: ProductId }),
    output: MediaView,
    errors: ['product.not_found', 'product.not_owned'],
    cost: 'signature',
  },
  async ({ input: { productId }, user, now, ports }) => {
    const opened = await openContent(ports, { kind: 'media', productId, user, isDownload: false, now });
    const { mediaKey, durationSeconds } = opened.content;
    if (mediaKey === null) throw fail('product.not_found', { detail: 'no file' });
    const expiresAtMs = mediaExpiresAtMs(opened.content, opened.access.untilAtMs, now);
    const mediaUrl = await ports.files.signedUrl(mediaKey, expiresAtMs);
    const { title } = opened.product;
    return { productId, title, durationSeconds, mediaUrl, mediaExpiresAtMs: expiresAtMs };
  },
);
