/** The address of a Redis server. */

/** Where the server is, as whom to ask it, and in which of its numbered databases. */
export interface Server {
  readonly host: string;
  readonly port: number;
  /** Undefined for the server's default user. */
  readonly username: string | undefined;
  /** Undefined for a server that asks for none. */
  readonly password: string | undefined;
  readonly db: number;
}

/**
 * Reads `redis://user:password@host:port/number`. All but the host may be left out. User and password are
 * percent-encoded.
 * @throws a plain Error when it is no such address; the error does not contain it
 */
export function serverOf(url: string): Server {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const number = /^\/?([0-9]{0,4})$/.exec(parsed?.pathname ?? '')?.[1];
  const isPlain = parsed?.protocol === 'redis:' && parsed.search === '' && parsed.hash === '';
  if (parsed === null || !isPlain || parsed.hostname === '' || number === undefined) {
    throw new Error('it is no redis://user:password@host:port/number');
  }
  return {
    // An address of IPv6 stands in brackets in a URL only.
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? 6379 : Number(parsed.port),
    username: decodeURIComponent(parsed.username) || undefined,
    password: decodeURIComponent(parsed.password) || undefined,
    db: Number(number),
  };
}
