import type { SaidPlatform } from '../../../shared/schemas/orders/saidPlatform.ts';

/** How WeChat on such a device identifies itself, in the parts that matter here. */
export const AGENTS: Readonly<Record<NonNullable<SaidPlatform['device']>, string>> = {
  ios: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.68(0x18004430) NetType/WIFI Language/zh_CN',
  android:
    'Mozilla/5.0 (Linux; Android 15; 2312DRA50C Build/UP1A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.103 Mobile Safari/537.36 MicroMessenger/8.0.68.2880(0x28004439) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64 MiniProgramEnv/android',
  harmony:
    'Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile MicroMessenger/8.0.68 Language/zh_CN',
  windows:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36 MicroMessenger/7.0.20.1781(0x6700143B) NetType/WIFI MiniProgramEnv/Windows WindowsWechat/WMPF',
};

/** The headers of `wx.request` in a mini-program on such a device. */
export function miniProgram(device: keyof typeof AGENTS): Record<string, string> {
  return {
    'user-agent': AGENTS[device],
    referer: 'https://servicewechat.com/wx0123456789abcdef/12/page-frame.html',
  };
}
