/** Which platform the server is told. The server believes WeChat more than this. */
import type { Platform } from '../../client/types.ts';

const platforms: Readonly<Record<string, Platform>> = {
  ios: 'ios',
  android: 'android',
  ohos: 'harmony',
  windows: 'windows',
};

/**
 * The platform of a device as `wx.getDeviceInfo` names it. For what is unknown the server takes the strictest terms.
 */
export function platformOf(device: string): Platform {
  return platforms[device] ?? 'web';
}
