/**
 * The errors that a function can answer: those of its contract, and those that the chain around every function adds.
 */
import { type ErrorCode, errors } from '../shared/errors.ts';
import type { AnyFunction } from '../shared/function.ts';
import { routeOf } from './manifest.ts';

const ALWAYS: readonly ErrorCode[] = [
  'request.too_many',
  'request.headers_too_large',
  'request.url_too_long',
  'database.conflict',
  'database.unavailable',
  'database.newer_version',
  'internal',
];
const WITH_BODY: readonly ErrorCode[] = ['request.too_large', 'request.unsupported_type'];
const WITH_USER: readonly ErrorCode[] = ['auth.required', 'auth.user_banned'];

function chainErrors(own: AnyFunction): readonly ErrorCode[] {
  if (own.kind === 'callback') return ['request.invalid', ...ALWAYS, 'request.too_large'];
  if (own.kind !== 'http') return [];
  const { auth } = own.contract;
  const hasBody = !['GET', 'DELETE'].includes(routeOf(own)?.method ?? '');
  return [
    'request.invalid',
    ...ALWAYS,
    ...(hasBody ? WITH_BODY : []),
    ...(own.contract.contentType === undefined ? [] : (['answer.too_large'] as const)),
    ...(auth === 'public' ? [] : WITH_USER),
    ...(typeof auth === 'string' ? [] : (['auth.forbidden', 'auth.second_factor_required'] as const)),
  ];
}

/** The codes that a function's contract declares. Empty for a function that answers nobody. */
export function declaredErrors(own: AnyFunction): readonly ErrorCode[] {
  return own.kind === 'http' || own.kind === 'callback' ? own.contract.errors : [];
}

/** Every code that a function can answer, each once, sorted by status and then by name. */
export function errorsOf(own: AnyFunction): readonly ErrorCode[] {
  const codes = [...new Set([...declaredErrors(own), ...chainErrors(own)])];
  return codes.sort((a, b) => errors[a].status - errors[b].status || (a < b ? -1 : 1));
}
