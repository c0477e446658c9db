/**
 * On whose behalf a hash is computed. Waiting work is served in turn by source, so that no caller fills the queue
 * for others.
 */
export interface HashWork {
  /** `login`: somebody waits to log in. `account`: everything else. The lanes do not take each other's capacity. */
  readonly lane: 'login' | 'account';
  /** A user's id or a network address: what the calls of one caller have in common. */
  readonly source: string;
}

/**
 * Password hashing, slow on purpose. Both methods throw request.too_many when more work waits than can be done soon.
 */
export interface Passwords {
  /** A self-describing hash that contains its own salt. */
  hash(password: string, work: HashWork): Promise<string>;
  verify(password: string, hash: string, work: HashWork): Promise<boolean>;
}
