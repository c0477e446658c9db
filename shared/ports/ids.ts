/** Source of ids and random numbers. */
export interface Ids {
  /** A new id `<prefix>_<ULID>`. Ids rise with time. */
  make(prefix: string): string;
  /** `bytes` random bytes as base64url. It cannot be guessed. */
  secret(bytes: number): string;
  /** A random number, 0 ≤ x < 1, for jitter. */
  random(): number;
}
