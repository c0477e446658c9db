/** WeChat's check of what people write, draw and say. */

/** Where others meet it: 1 a profile; 2 comments; 3 a forum: topics, questions and answers; 4 a diary. */
export type SafetyScene = 1 | 2 | 3 | 4;

/** What WeChat says of something: let it through, let a person look at it, or refuse it. */
export type Suggest = 'pass' | 'review' | 'risky';

/** A text, and who wrote it. */
export interface TextAsked {
  /** Of somebody who was in the mini-program within the last two hours. Otherwise WeChat checks nothing. */
  readonly openid: string;
  readonly scene: SafetyScene;
  /**
   * From 1 to 2,500 units (`CHECKED_CHARACTERS_MAX`). A longer text takes several calls, and the worst verdict counts.
   */
  readonly content: string;
  readonly nickname?: string;
  readonly title?: string;
}

/** A picture or a sound, and who uploaded it. */
export interface MediaAsked {
  /** As of a text. */
  readonly openid: string;
  readonly scene: SafetyScene;
  /** 1 for a sound, 2 for a picture. */
  readonly mediaType: 1 | 2;
  /** WeChat fetches it from here, within half an hour. At most 10 MB. */
  readonly url: string;
}

/** WeChat's verdict of a text. */
export interface TextVerdict {
  readonly suggest: Suggest;
  /** Why: 100 for nothing, 20001 politics, 20002 sex, 20003 abuse, 20006 crime, and others. */
  readonly label: number;
  readonly traceId: string;
}

/** WeChat will never check this for us, for example because its writer was not here within two hours. */
export interface Unchecked {
  readonly suggest: 'unchecked';
  /** WeChat's error code. */
  readonly code: string;
  readonly traceId: null;
}

/**
 * The check. It is never what decides alone that something is shown: without an answer nothing was checked.
 *
 * A picture that WeChat could not fetch passes. So a pass counts only with a proof that it was fetched, and when each
 * part of the verdict is whole.
 */
export interface Safety {
  /** Checks a text at once. @throws wechat.unavailable when there is no verdict yet; it is then asked again */
  checkText(asked: TextAsked): Promise<TextVerdict | Unchecked>;
  /**
   * Asks for a picture or a sound to be checked. The verdict is pushed later, under the trace id, or never.
   * @throws wechat.unavailable when it is not known that WeChat took it; it is then asked again
   */
  checkMedia(asked: MediaAsked): Promise<{ readonly traceId: string } | Unchecked>;
}
