/** Why something could not be read or done, as a page shows it. */
export interface Failure {
  /**
   * `login`: whoever is asking has to log in first. `offline`: no answer came, so it is not known whether anything was
   * done. `refused`: the same again is refused again. `later`: the same again may succeed.
   */
  readonly kind: 'login' | 'offline' | 'refused' | 'later';
  /** The code of the catalogue; `lost` when no answer came. */
  readonly code: string;
  /** A sentence for the person. */
  readonly message: string;
  /** What to give to support; null when there is none. */
  readonly requestId: string | null;
}
