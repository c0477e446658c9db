/** The log. Each record is one line. It must not contain a secret, token, phone number or openid. */
export interface Log {
  write(level: 'info' | 'warn' | 'error', record: Readonly<Record<string, unknown>>): void;
}
