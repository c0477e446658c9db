/** JSON as it may come in: UTF-8, no deeper than it has to be, each key once, and none that could reach a prototype. */
import { type AppError, fail } from '../errors.ts';

/** How deep a body may be nested. */
const JSON_DEPTH_MAX = 20;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Keys that never name data of ours and could name a prototype. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The refusal of input, with where and what in `params.issues`. */
export function invalid(code: string, path = ''): AppError {
  return fail('request.invalid', { params: { issues: [{ path, code }] } });
}

/**
 * How many members all objects of a text have, by their colons: one pass over the bytes, before anything is built from
 * them. @throws request.invalid when brackets nest deeper than allowed
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
    // The parser's message quotes the body, which may hold a password: it goes nowhere.
    throw invalid('not_json');
  }
}

/**
 * Reads a JSON object. A key that comes twice is refused: the parser would keep the last value, and whoever looked at
 * the text before us (a gateway, a log) may have gone by the first. @throws request.invalid
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
