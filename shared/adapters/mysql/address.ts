/** The address of a MySQL server. */

/** Where the server is, and as whom to ask it. */
export interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/**
 * Reads `mysql://user:password@host:port/database`. User and password are percent-encoded.
 * @throws a plain Error when it is no such address; the error does not contain it
 */
export function serverOf(url: string): Server {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const database = decodeURIComponent(parsed?.pathname.slice(1) ?? '');
  const isPlain = parsed?.protocol === 'mysql:' && parsed.search === '' && parsed.hash === '';
  if (parsed === null || !isPlain || parsed.hostname === '' || !/^[\w-]{1,64}$/.test(database)) {
    throw new Error('it is no mysql://user:password@host:port/database');
  }
  return {
    host: parsed.hostname,
    port: parsed.port === '' ? 3306 : Number(parsed.port),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database,
  };
}
