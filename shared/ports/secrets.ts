/** Seals small secrets for storage: AES-256-GCM under a key that only the server has. */
export interface Secrets {
  /** Seals a text. `purpose` is bound to it, so it can only be opened for the same purpose. */
  seal(purpose: string, plain: string): string;
  /** Opens a sealed text. @throws a plain Error when it was not sealed here for this purpose */
  open(purpose: string, sealed: string): string;
  /** The HMAC-SHA-256 of a text in hex, for indexes and logs of what must not be stored in the clear. */
  digest(purpose: string, plain: string): string;
  /**
   * The six-digit code that an authenticator app shows in this time step (RFC 6238 with HMAC-SHA-1). `seed` is the
   * app's key in base64url.
   */
  oneTimeCode(seed: string, step: number): string;
}
