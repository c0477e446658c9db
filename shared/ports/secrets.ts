/** Sealing of small secrets for storage (AES-256-GCM under a key that only the platform knows). */
export interface Secrets {
  /** `purpose` is bound to the text: what was sealed for one purpose opens for no other. */
  seal(purpose: string, plain: string): string;
  /** @throws a plain Error when it was not sealed here for this purpose. */
  open(purpose: string, sealed: string): string;
  /** HMAC-SHA-256 of a text, hex: for an index or a log over what must not be stored in the clear. */
  digest(purpose: string, plain: string): string;
  /**
   * What an authenticator app shows in this step of its time: six digits (RFC 6238 over HMAC-SHA-1). `seed` is the
   * app's key in base64url.
   */
  oneTimeCode(seed: string, step: number): string;
}
