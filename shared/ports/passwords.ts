/** Password hashing, slow on purpose. Both throw request.too_many when more wait than can be served soon. */
export interface Passwords {
  /** A self-describing hash with its own salt. */
  hash(password: string): Promise<string>;
  verify(password: string, hash: string): Promise<boolean>;
}
