/**
 * Strict parsing of incoming JSON: UTF-8, bounded depth, no repeated keys, and no keys that could reach a prototype.
 */
import { type AppError, fail } from '../errors.ts';

/** How deep a body may be nested. */
const JSON_DEPTH_MAX = 20;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Keys that never name our data and could reach a prototype. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The error for invalid input, with the place and what is wrong in `params.issues`. */
export function invalid(code: string, path = ''): AppError {
  return fail('request.invalid', { params: { issues: [{ path, code }] } });
}

/**
 * The number of members of all objects in a text, counted by its colons in one pass over the bytes, before anything
 * is built from them.
 * @throws request.invalid when brackets are nested too deep
 */
function countMembers(bytes: Uint8Array): number {
  let depth = 0;
  let members = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (inString) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > JSON_DEPTH_MAX) throw invalid('too_deep');
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
    } else if (byte === COLON) {
      members += 1;
    }
  }
  return members;
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw fail('request.invalid', { params: { issues: [{ path: '', code: 'not_utf8' }] }, cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, which may contain a password, so it is dropped.
    throw invalid('not_json');
  }
}

/**
 * Parses a JSON object. A repeated key is refused: the parser would keep the last value, while a gateway or log
 * before us may have used the first.
 * @throws request.invalid
 */
export function parseJsonObject(bytes: Uint8Array): Record<string, unknown> {
  let unseen = countMembers(bytes);
  const text = decode(bytes);
  if (text.startsWith('\ufeff')) throw invalid('byte_order_mark');
  const value = parse(text);
  if (!isObject(value)) throw invalid('not_an_object');
  const waiting: unknown[] = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (Array.isArray(next)) {
      for (const item of next) if (typeof item === 'object' && item !== null) waiting.push(item);
    } else if (isObject(next)) {
      for (const key of Object.keys(next)) {
        if (FORBIDDEN_KEYS.has(key)) throw invalid('key_forbidden');
        unseen -= 1;
        const item = next[key];
        if (typeof item === 'object' && item !== null) waiting.push(item);
      }
    }
  }
  if (unseen > 0) throw invalid('key_repeated');
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
