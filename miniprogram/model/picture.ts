/** Pictures that somebody adds to what they write. */
import type { LearnerFileType } from '../../client/types.ts';

/** The largest picture that is taken, in bytes. */
export const PICTURE_BYTES_MAX = 2 * 1024 * 1024;

/** The most pictures in one piece of writing. */
export const PICTURES_MAX = 9;

/** How a picture is made small, one after the other until it is small enough. */
export const SMALLER: readonly { readonly quality: number; readonly compressedWidth: number }[] = [
  { quality: 80, compressedWidth: 1_920 },
  { quality: 60, compressedWidth: 1_280 },
];

type PictureType = Extract<LearnerFileType, `image/${string}`>;

/** What files of each type begin with. Null is any byte. */
const BEGINS: readonly (readonly [PictureType, readonly (number | null)[]])[] = [
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/webp', [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50]],
];

/** The type of a picture by what it begins with; null for one that is not taken. */
export function pictureType(bytes: Uint8Array): PictureType | null {
  const found = BEGINS.find(([, begins]) => begins.every((byte, at) => byte === null || bytes[at] === byte));
  return found === undefined ? null : found[0];
}

/** Whether a picture can be uploaded as it is. */
export function isFit(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.length <= PICTURE_BYTES_MAX && pictureType(bytes) !== null;
}

/** A picture beside what is being written. */
export interface Picture {
  /** The id of its upload. */
  readonly id: string;
  /** Where it is shown from: a path of the phone's own, or a link. */
  readonly src: string;
  readonly state: 'sending' | 'ready' | 'failed';
}

/** A picture as the page shows it. */
export interface PictureRow extends Picture {
  /** What is said over it; empty for nothing. */
  readonly note: string;
  readonly label: string;
}

const NOTES = { sending: '上传中', ready: '', failed: '重试' } as const;

/** The pictures as the page shows them. */
export function pictureRows(pictures: readonly Picture[]): PictureRow[] {
  return pictures.map((picture, at) => {
    const note = NOTES[picture.state];
    return { ...picture, note, label: `第 ${at + 1} 张图片` };
  });
}
