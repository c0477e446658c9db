import * as z from 'zod';
import { fileExpiresAtMs } from '../../shared/domain/catalogue/course.ts';
import { openContent } from '../../shared/flows/access/openContent.ts';
import { http } from '../../shared/function.ts';
import { ProductId } from '../../shared/schemas/base.ts';
import { ContentView } from '../../shared/schemas/catalogue/product.ts';

/**
 * Opens an e-book, report or article.
 *
 * The answer has its text and, if `file` is asked for, a URL of its file that works for 15 minutes. Handing out that
 * URL counts as a download. After a download, staff decide about a refund.
 */
export const getContent = http(
  {
    route: 'GET /api/contents/{productId}',
    auth: 'optional',
    input: z.strictObject({ productId: ProductId, file: z.literal('true').optional() }),
    output: ContentView,
    errors: ['product.not_found', 'product.not_owned'],
    cost: 'signature',
  },
  async ({ input: { productId, file }, user, now, ports }) => {
    const isDownload = file === 'true';
    const opened = await openContent(ports, { kind: 'content', productId, user, isDownload, now });
    const { body, mediaKey } = opened.content;
    const shown = { productId, title: opened.product.title, body, hasFile: mediaKey !== null };
    if (!isDownload || mediaKey === null) return { ...shown, fileUrl: null, fileExpiresAtMs: null };
    const expiresAtMs = fileExpiresAtMs(opened.access.untilAtMs, now);
    const fileUrl = await ports.files.signedUrl(mediaKey, expiresAtMs);
    return { ...shown, fileUrl, fileExpiresAtMs: expiresAtMs };
  },
);
