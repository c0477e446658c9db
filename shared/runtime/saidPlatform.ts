/** Reads what WeChat's headers say about the caller's device. */
import type { SaidPlatform } from '../schemas/orders/saidPlatform.ts';

/**
 * How each device is named in a User-Agent. HarmonyOS also names Android, for compatibility, so it is checked first.
 */
const DEVICES = [
  ['ios', /\b(?:iPhone|iPad|iPod)\b|MiniProgramEnv\/ios/i],
  ['harmony', /HarmonyOS|OpenHarmony|MiniProgramEnv\/(?:harmony|ohos)/i],
  ['android', /\bAndroid\b|MiniProgramEnv\/android/i],
  ['windows', /\bWindows NT\b|MiniProgramEnv\/windows/i],
] as const;

/** The page that `wx.request` names as referrer. A mini-program cannot set this header itself. */
const MINI_PROGRAM_PAGE = /^https:\/\/servicewechat\.com\//i;

/** Reads what WeChat says. The headers of a browser outside WeChat say nothing. Names are in lower case. */
export function saidPlatform(headers: Readonly<Record<string, string>>): SaidPlatform {
  const agent = headers['user-agent'] ?? '';
  const isMiniProgram = MINI_PROGRAM_PAGE.test(headers.referer ?? '') || /MiniProgram/i.test(agent);
  if (!isMiniProgram && !/MicroMessenger/i.test(agent)) return { isMiniProgram, device: null };
  return { isMiniProgram, device: DEVICES.find(([, named]) => named.test(agent))?.[0] ?? null };
}
