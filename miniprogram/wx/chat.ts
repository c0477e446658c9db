/** The chat of WeChat from which the mini-program was opened. */
import type { GroupProof } from '../../client/types.ts';

/** What proves to the server from which chat somebody came; null when they did not come from one. */
export function chatProof(): Promise<GroupProof | null> {
  return new Promise((resolve) => {
    wx.getGroupEnterInfo({
      success: ({ encryptedData, iv }) => resolve({ encryptedData, iv }),
      fail: () => resolve(null),
    });
  });
}
