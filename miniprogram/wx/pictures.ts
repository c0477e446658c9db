/** Chooses pictures, makes them small, and uploads them straight to the storage. */
import type { CallResult } from '../../local/phone/platform.ts';
import type { Failure } from '../model/failure.ts';
import { isFit, pictureType, SMALLER } from '../model/picture.ts';
import { client } from './client.ts';
import { failureOf } from './failure.ts';
import { LostAnswer } from './send.ts';

/** How long an upload may take. */
const TIMEOUT_MS = 60_000;
/** A file with that name is there: an upload before arrived, and its answer was lost. */
const THERE = 409;

/** A picture that cannot be uploaded: it is too large even when it is made small, or of a type that is not taken. */
class UnfitPicture extends Error {
  override readonly name = 'UnfitPicture';
}

/** Lets somebody choose at most this many; none when they leave it. */
export async function choosePictures(count: number): Promise<readonly string[]> {
  const asked = { count, mediaType: ['image' as const], sizeType: ['compressed' as const] };
  const chosen = await wx.chooseMedia(asked).catch(() => null);
  return chosen?.tempFiles.map(({ tempFilePath }) => tempFilePath) ?? [];
}

function read(filePath: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    wx.getFileSystemManager().readFile({
      filePath,
      success: ({ data }) =>
        typeof data === 'string' ? reject(new UnfitPicture(filePath)) : resolve(new Uint8Array(data)),
      fail: ({ errMsg }) => reject(new UnfitPicture(errMsg)),
    });
  });
}

async function readFit(path: string): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = await read(path);
  for (const smaller of SMALLER) {
    if (isFit(bytes)) return bytes;
    const { tempFilePath } = await wx
      .compressImage({ src: path, ...smaller })
      .catch(({ errMsg }: CallResult) => Promise.reject(new UnfitPicture(errMsg)));
    bytes = await read(tempFilePath);
  }
  if (!isFit(bytes)) throw new UnfitPicture(path);
  return bytes;
}

function put(url: string, headers: Readonly<Record<string, string>>, data: ArrayBuffer): Promise<void> {
  // The phone says itself how long a body is.
  const sent = Object.entries(headers).filter(([name]) => name !== 'content-length');
  return new Promise((resolve, reject) => {
    wx.request({
      ...{
        method: 'PUT',
        url,
        data,
        dataType: 'text',
        timeout: TIMEOUT_MS,
        header: Object.fromEntries(sent),
      },
      success: ({ statusCode }) =>
        statusCode === 200 || statusCode === THERE ? resolve() : reject(new LostAnswer(`${statusCode}`)),
      fail: ({ errMsg }) => reject(new LostAnswer(errMsg)),
    });
  });
}

/**
 * Uploads a picture. With the same id it can be tried again.
 * @throws UnfitPicture, ZhikeError, LostAnswer
 */
export async function uploadPicture(id: string, path: string): Promise<void> {
  const bytes = await readFit(path);
  const contentType = pictureType(bytes);
  if (contentType === null) throw new UnfitPicture(path);
  const { upload } = await client.requestUpload({ id, contentType, bytes: bytes.length });
  await put(upload.url, upload.headers, bytes.buffer);
}

/** What is said of a picture that could not be uploaded. */
export function pictureFailure(caught: unknown): Failure {
  if (!(caught instanceof UnfitPicture)) return failureOf(caught);
  const message = '这张图片太大或格式不支持，请换一张';
  return { kind: 'refused', code: 'picture.unfit', message, requestId: null };
}
