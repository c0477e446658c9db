/** For whom a hash is computed. Who waits is served in turn by source, so that nobody fills the line for others. */
export interface HashWork {
  /** `login`: somebody waits to come in. `account`: everything else. Neither lane can take the other's place. */
  readonly lane: 'login' | 'account';
  /** A user's id or a network address: whatever many calls of one caller have in common. */
  readonly source: string;
}

/** Password hashing, slow on purpose. Both throw request.too_many when more wait than can be served soon. */
export interface Passwords {
  /** A self-describing hash with its own salt. */
  hash(password: string, work: HashWork): Promise<string>;
  verify(password: string, hash: string, work: HashWork): Promise<boolean>;
}
