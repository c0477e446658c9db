/**
 * The platform's credentials. They are fetched at each call, because the temporary ones of a function's role change.
 */
export interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
  /** Only set for temporary credentials. */
  readonly token: string | null;
}
