import type { TimeMs } from '../schemas/base.ts';
import type { StoredFile } from '../schemas/catalogue/upload.ts';

/** A file that somebody is allowed to store, once. */
export interface Upload {
  readonly key: string;
  readonly contentType: string;
  readonly bytes: number;
  /** Whether everybody may read it by `publicUrl`, such as a cover. */
  readonly isPublic: boolean;
}

/** Where a file is sent by `PUT`, with exactly these headers. */
export interface UploadLink {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Stored media. */
export interface Files {
  /** A URL that opens this one file until `expiresAtMs`, and nothing else. */
  signedUrl(key: string, expiresAtMs: TimeMs): Promise<string>;
  /** A link that stores this one file, of this type and size, until `expiresAtMs`. It never overwrites another. */
  uploadLink(upload: Upload, expiresAtMs: TimeMs): Promise<UploadLink>;
  /** Where everybody reads a file that was stored as public. */
  publicUrl(key: string): string;
  /** The file as it is stored; null when there is none, or nothing in it. @throws storage.unavailable */
  find(key: string): Promise<StoredFile | null>;
}
