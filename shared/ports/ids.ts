/** Chance and identity. */
export interface Ids {
  /** `<prefix>_<ULID>`, rising with time. */
  make(prefix: string): string;
  /** `bytes` random bytes as base64url: unguessable. */
  secret(bytes: number): string;
  /** A random number, 0 ≤ x < 1, for jitter. */
  random(): number;
}
