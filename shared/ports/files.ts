import type { TimeMs } from '../schemas/base.ts';
import type { StoredFile } from '../schemas/catalogue/upload.ts';

/** A file that somebody may upload once. */
export interface Upload {
  readonly key: string;
  readonly contentType: string;
  readonly bytes: number;
  /** Whether everybody may read it at `publicUrl`, as with a cover. */
  readonly isPublic: boolean;
}

/** The address to which a file is sent by `PUT`, with exactly these headers. */
export interface UploadLink {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The file storage. */
export interface Files {
  /** A URL that opens only this file, until `expiresAtMs`. */
  signedUrl(key: string, expiresAtMs: TimeMs): Promise<string>;
  /**
   * A link that stores only this file, of this type and size, until `expiresAtMs`. It never overwrites another file.
   */
  uploadLink(upload: Upload, expiresAtMs: TimeMs): Promise<UploadLink>;
  /** The address at which everybody reads a file stored as public. */
  publicUrl(key: string): string;
  /** The whole file; null when there is none, or it is larger. @throws storage.unavailable */
  read(key: string, bytesMax: number): Promise<Uint8Array | null>;
  /** What is known of a stored file; null when there is none, or an empty one. @throws storage.unavailable */
  find(key: string): Promise<StoredFile | null>;
  /** Removes a stored file for good. Safe to repeat: none is there afterwards. @throws storage.unavailable */
  remove(key: string): Promise<void>;
}
