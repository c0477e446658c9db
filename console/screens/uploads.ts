/** Files that staff upload: which are taken, and how one goes to the storage by a signed link. */
import type { UploadAsked, UploadView } from '../../client/types.ts';

/** What a file is for. */
export type UploadKind = UploadAsked['kind'];

type TypeOf<K extends UploadKind> = Extract<UploadAsked, { readonly kind: K }>['contentType'];

/** The types that are taken, with the endings of their files. */
const TYPES: {
  readonly [K in UploadKind]: Readonly<Record<TypeOf<K>, readonly string[]>>;
} = {
  cover: { 'image/jpeg': ['jpg', 'jpeg'], 'image/png': ['png'], 'image/webp': ['webp'] },
  media: {
    'video/mp4': ['mp4'],
    'audio/mpeg': ['mp3'],
    'audio/mp4': ['m4a'],
    'application/pdf': ['pdf'],
    'application/epub+zip': ['epub'],
  },
};

const MOST: Readonly<Record<UploadKind, readonly [number, string]>> = {
  cover: [5 * 1024 * 1024, '5 MB'],
  media: [5_000_000_000, '5 GB'],
};

/** The endings that a field for files takes, as its `accept`. */
export function acceptOf(kind: UploadKind): string {
  return Object.values(TYPES[kind])
    .flat()
    .map((ending) => `.${ending}`)
    .join();
}

const endingOf = (name: string) => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

/** What to ask a link for, or why a file is not taken. Its ending counts, as browsers name one type differently. */
export function askedFor(
  kind: UploadKind,
  file: { readonly name: string; readonly size: number },
): { readonly upload: UploadAsked } | { readonly says: string } {
  const found = Object.entries(TYPES[kind]).find(([, endings]) => endings.includes(endingOf(file.name)));
  if (found === undefined) return { says: `只能上传 ${acceptOf(kind).replaceAll(',', '、')} 文件。` };
  const [most, words] = MOST[kind];
  if (file.size < 1) return { says: '文件是空的。' };
  if (file.size > most) return { says: `文件不能大于 ${words}。` };
  // The type is one of this kind's.
  return { upload: { kind, contentType: found[0], bytes: file.size } as UploadAsked };
}

/** `1.5 MB`. */
export function sizeWords(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const count = bytes / 1000 ** step;
  return `${step === 0 ? count : count.toFixed(1)} ${units[step]}`;
}

/** Why a file did not arrive, as a sentence. */
export class UploadRefused extends Error {
  override readonly name = 'UploadRefused';
}

/** A file on its way. */
export interface Sending {
  /** Ends when the storage has the whole file. @throws UploadRefused when it does not take it, or was stopped */
  readonly done: Promise<void>;
  readonly stop: () => void;
}

/** Headers that a browser sets by itself, and lets nobody else set. */
const OWN = ['content-length', 'host'];

/** Sends a file by its link. `tell` hears the share that has gone, from 0 to 1. */
export function send(
  { url, headers }: Pick<UploadView, 'url' | 'headers'>,
  file: Blob,
  tell: (share: number) => void,
): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<void>((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => tell(Math.min(1, loaded / file.size));
    request.onload = () =>
      request.status >= 200 && request.status < 300
        ? resolve()
        : reject(new UploadRefused(`存储没有接收文件（${request.status}）。请重新选择文件。`));
    request.onerror = () => reject(new UploadRefused('上传中断，请检查网络后重试。'));
    request.onabort = () => reject(new UploadRefused('已停止上传。'));
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) {
      if (!OWN.includes(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.send(file);
  });
  return { done, stop: () => request.abort() };
}
