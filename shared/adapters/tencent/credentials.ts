/** The platform's credentials. Asked for at each call, because the temporary ones of a function's role change. */
export interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
  /** Comes with temporary credentials only. */
  readonly token: string | null;
}
