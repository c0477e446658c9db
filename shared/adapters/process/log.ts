/** The log: one JSON line for each record, without secrets and personal data. */
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';

/** Where lines are written, and when. */
export interface JsonLogOptions {
  readonly clock: Clock;
  /** Gets whole lines, all that are waiting at that moment. */
  readonly write: (text: string) => void;
  /**
   * Schedules the writing of waiting lines; `setImmediate` when left out. Where the process may be frozen after an
   * answer it has to be `queueMicrotask`.
   */
  readonly schedule?: (flush: () => void) => void;
}

/** No shorter text can match a pattern below, and most values are shorter. */
const SECRET_CHARACTERS_MIN = 8;

const REDACTED = '[redacted]';
const LINE_CHARACTERS_MAX = 16_384;

/** Longer than any secret that is recognised by its length. Half of such a secret would not be recognised. */
const OVERLAP_CHARACTERS = 64;

/** Keys whose values are secret or personal, at any depth. */
const SECRET_KEY =
  /token|secret|passw|session_?key|session_?id|openid|unionid|phone|mobile|authorization|cookie|signature|cipher|private_?key|api_?key|prepay/i;

/**
 * Values that are secret or personal under any key: bearer tokens, our own tokens (43 characters of base64url),
 * session keys (24 of base64), WeChat's openids (28, beginning with `o`), mainland phone numbers, PEM blocks, and
 * `key=value` in a text such as a URL with an app secret. The blanks around the `=` are bounded; otherwise a text of
 * blanks would be searched again from each of them.
 */
const SECRET_VALUES = [
  /Bearer\s+[\w.~+/-]+=*/gi,
  /-----BEGIN [A-Z ]+-----[\s\S]*?(-----END [A-Z ]+-----|$)/g,
  /(?<=(?:secret|token|session_key|js_code|password|openid|unionid|signature)["']?\s{0,16}[=:]\s{0,16}["']?)[^\s"'&,}]+/gi,
  /(?<![\w-])[\w-]{43}(?![\w-])/g,
  /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{22}==/g,
  /(?<![\w-])o[\w-]{27}(?![\w-])/g,
  /(?<![\w])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\w])/g,
];

/** A text with everything replaced that must not be logged. */
export function redact(text: string): string {
  return SECRET_VALUES.reduce((rest, pattern) => rest.replace(pattern, REDACTED), text);
}

/** A text as it may be logged. It is cut before it is searched, so a long text costs no more than one line. */
function loggable(text: string): string {
  if (text.length < SECRET_CHARACTERS_MIN) return text;
  if (text.length <= LINE_CHARACTERS_MAX) return redact(text);
  const searched = redact(text.slice(0, LINE_CHARACTERS_MAX + OVERLAP_CHARACTERS));
  return searched.slice(0, -OVERLAP_CHARACTERS);
}

function clean(key: string, value: unknown): unknown {
  if (key !== '' && value !== null && SECRET_KEY.test(key)) return REDACTED;
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'string' ? loggable(value) : value;
}

function lineOf(record: Readonly<Record<string, unknown>>): string {
  try {
    const line = JSON.stringify(record, clean);
    if (line.length <= LINE_CHARACTERS_MAX) return line;
    const { at, level, requestId, function: name } = record;
    return JSON.stringify({
      at,
      level,
      requestId,
      function: name,
      cut: line.slice(0, LINE_CHARACTERS_MAX / 2),
    });
  } catch (caught) {
    return JSON.stringify({ at: record.at, level: 'error', unloggable: String(caught) });
  }
}

/** A log that writes lines `{at, level, …record}`, those of one moment in one write. It never throws. */
export function jsonLog({ clock, write, schedule = setImmediate }: JsonLogOptions): Log {
  let waiting: string[] = [];
  const flush = () => {
    const text = `${waiting.join('\n')}\n`;
    waiting = [];
    write(text);
  };
  return {
    write: (level, record) => {
      const line = lineOf({ at: new Date(clock.now()).toISOString(), level, ...record });
      if (waiting.push(line) === 1) schedule(flush);
    },
  };
}
