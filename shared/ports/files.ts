import type { TimeMs } from '../schemas/base.ts';

/** Stored media. */
export interface Files {
  /** A URL that opens this one file until `expiresAtMs`, and nothing else. */
  signedUrl(key: string, expiresAtMs: TimeMs): Promise<string>;
}
