/** Files that belong to what was bought. */
import type { CallResult } from '../../local/phone/platform.ts';
import type { Failure } from '../model/failure.ts';
import { isPdf } from '../model/media.ts';
import { LostAnswer } from '../wx/send.ts';

const OK = 200;

/** The file came, and the phone cannot show it. */
export const UNREADABLE: Failure = {
  kind: 'later',
  code: 'file.unreadable',
  message: '文件没有打开，请稍后再试。',
  requestId: null,
};

function fetchFile(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    wx.downloadFile({
      url,
      success: ({ statusCode, tempFilePath }) =>
        statusCode === OK ? resolve(tempFilePath) : reject(new LostAnswer(`downloadFile ${statusCode}`)),
      fail: ({ errMsg }) => reject(new LostAnswer(errMsg)),
    });
  });
}

const isCallResult = (caught: unknown): caught is CallResult =>
  typeof caught === 'object' && caught !== null && 'errMsg' in caught;

/**
 * Shows a file: a PDF on the phone itself. WeChat opens no e-book in EPUB, so its link is copied for a browser. Answers
 * why the phone could not show it; null when it did.
 * @throws LostAnswer when the file did not come
 */
export async function openFile(url: string): Promise<Failure | null> {
  try {
    if (isPdf(url)) {
      await wx.openDocument({ filePath: await fetchFile(url), fileType: 'pdf', showMenu: true });
      return null;
    }
    await wx.setClipboardData({ data: url });
    await wx.showModal({
      title: '下载链接已复制',
      content: '请在手机浏览器中粘贴打开，链接 15 分钟内有效。',
      showCancel: false,
    });
    return null;
  } catch (caught) {
    if (!isCallResult(caught)) throw caught;
    return UNREADABLE;
  }
}
