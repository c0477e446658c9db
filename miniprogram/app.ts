/** The mini-program: what every page relies on. */
import { reportAll } from './wx/heard.ts';
import { watchNetwork } from './wx/network.ts';
import { watchPrivacy } from './wx/privacy.ts';
import { sendInterrupted } from './wx/send.ts';
import { forgetOtherBuilds } from './wx/store.ts';

App({
  onLaunch() {
    watchPrivacy();
    watchNetwork();
    forgetOtherBuilds();
    const updates = wx.getUpdateManager();
    updates.onUpdateReady(() => {
      void wx
        .showModal({ title: '有新版本', content: '重新启动后即可使用新版本。', confirmText: '立即重启' })
        .then(({ confirm }) => {
          if (confirm) updates.applyUpdate();
        });
    });
  },
  onShow() {
    sendInterrupted();
    void reportAll();
  },
  onPageNotFound() {
    void wx.switchTab({ url: '/pages/home/home' });
  },
});
