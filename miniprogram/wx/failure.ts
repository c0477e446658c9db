/** What a caught error is to a page. */
import { ZhikeError } from '../../client/transport.ts';
import type { Failure } from '../model/failure.ts';
import { LostAnswer } from './send.ts';

/** A failure with its sentence. What is no failure of a call is a fault of ours, and is thrown again. */
export function failureOf(caught: unknown): Failure {
  if (caught instanceof LostAnswer) {
    return { kind: 'offline', code: 'lost', message: '网络不通，请检查网络后重试。', requestId: null };
  }
  if (!(caught instanceof ZhikeError)) throw caught;
  const { code, message, requestId, retry, status } = caught;
  if (code === 'auth.required') return { kind: 'login', code, message, requestId };
  if (code === 'unknown') {
    const said = status >= 500 ? '服务暂时不可用，请稍后再试。' : '这一步没有成功，请稍后再试。';
    return { kind: 'later', code, message: said, requestId };
  }
  return { kind: retry === 'never' ? 'refused' : 'later', code, message, requestId };
}
