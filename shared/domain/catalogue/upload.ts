/** Which files can be stored, under which keys, and how their types are recognised. */
import { HOUR_MS, MINUTE_MS, type TimeMs, timeMs, ULID_PATTERN } from '../../schemas/base.ts';
import {
  COVER_BYTES_MAX,
  CoverType,
  MEDIA_BYTES_MAX,
  MediaType,
  type StoredFile,
  type UploadAsked,
} from '../../schemas/catalogue/upload.ts';

/** Bytes in hex at a position of a file. */
type Mark = readonly [place: number, hex: string];

/**
 * For each type: the extension of its keys, and the marks its files begin with. A file must match all marks of one
 * list.
 */
const TYPES: Readonly<
  Record<CoverType | MediaType, { extension: string; begins: readonly (readonly Mark[])[] }>
> = {
  'image/jpeg': { extension: 'jpg', begins: [[[0, 'ffd8ff']]] },
  'image/png': { extension: 'png', begins: [[[0, '89504e470d0a1a0a']]] },
  'image/webp': {
    extension: 'webp',
    begins: [
      [
        [0, '52494646'],
        [8, '57454250'],
      ],
    ],
  },
  'video/mp4': { extension: 'mp4', begins: [[[4, '66747970']]] },
  'audio/mp4': { extension: 'm4a', begins: [[[4, '66747970']]] },
  // Either an ID3 tag, or directly a frame of MPEG 1, 2 or 2.5, layer 3. A phone that records slowly writes 2.5.
  'audio/mpeg': {
    extension: 'mp3',
    begins: ['494433', 'fffb', 'fffa', 'fff3', 'fff2', 'ffe3', 'ffe2'].map((start): Mark[] => [[0, start]]),
  },
  'application/pdf': { extension: 'pdf', begins: [[[0, '255044462d']]] },
  'application/epub+zip': { extension: 'epub', begins: [[[0, '504b0304']]] },
};

/** The extension of keys of this type, without a dot. */
export function extensionOf(type: CoverType | MediaType): string {
  return TYPES[type].extension;
}

/** The key of a new file. `id` must be new, so that an upload never overwrites a file. */
export function uploadKey(
  { kind, contentType }: Pick<UploadAsked, 'kind' | 'contentType'>,
  id: string,
): string {
  return `${kind === 'cover' ? COVERS : 'media/'}${id}.${TYPES[contentType].extension}`;
}

const UPLOADED = new RegExp(`^(?:covers|media)/fil_${ULID_PATTERN}\\.[a-z0-9]+$`);

/** Whether a key was made by `uploadKey`. */
export function isUploaded(key: string): boolean {
  return UPLOADED.test(key);
}

/** The key of an uploaded cover with this URL; null for a picture elsewhere. */
export function coverKeyOf(coverUrl: string, publicUrl: (key: string) => string): string | null {
  const key = coverUrl.slice(coverUrl.lastIndexOf(COVERS));
  return isUploaded(key) && publicUrl(key) === coverUrl ? key : null;
}

/** The prefix of the keys of covers. */
export const COVERS = 'covers/';

/** Until when a file may be uploaded. The storage rejects an upload that is not complete by then. */
export function uploadUntilMs({ kind }: Pick<UploadAsked, 'kind'>, now: TimeMs): TimeMs {
  return timeMs(now + (kind === 'cover' ? 15 * MINUTE_MS : 6 * HOUR_MS));
}

/** The type of a file by the extension of its key; null when unknown. */
export function typeOfKey(key: string): CoverType | MediaType | null {
  const extension = key.slice(key.lastIndexOf('.') + 1).toLowerCase();
  const types = [...CoverType.options, ...MediaType.options];
  return types.find((type) => TYPES[type].extension === extension) ?? null;
}

/** The shortest start of a file of the type: 32 bytes. */
export function beginningOf(type: CoverType | MediaType): Uint8Array {
  const start = new Uint8Array(32);
  for (const [place, hex] of TYPES[type].begins[0] ?? []) start.set(Buffer.from(hex, 'hex'), place);
  return start;
}

/** Whether a file that begins so may be of the type. It says nothing about the rest of the file. */
export function beginsAs(type: CoverType | MediaType, start: Uint8Array): boolean {
  const text = Buffer.from(start).toString('hex');
  return TYPES[type].begins.some((marks) => marks.every(([place, hex]) => text.startsWith(hex, place * 2)));
}

/**
 * Why a stored file cannot be used as a cover or as media; null when it can. `file_missing`; `file_type` (the type
 * is not accepted, or the file does not begin as its type does); `file_size`.
 */
export function fileProblem(kind: UploadAsked['kind'], file: StoredFile | null): string | null {
  if (file === null) return 'file_missing';
  const [named = ''] = file.contentType.toLowerCase().split(';');
  const type = (kind === 'cover' ? CoverType : MediaType).safeParse(named.trim());
  if (!type.success || !beginsAs(type.data, file.start)) return 'file_type';
  return file.bytes > (kind === 'cover' ? COVER_BYTES_MAX : MEDIA_BYTES_MAX) ? 'file_size' : null;
}
