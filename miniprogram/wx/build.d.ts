/** What the build writes into the code. */

/** The URL of the API, without a slash at the end. */
declare const API_URL: string;
/** The name of the build. */
declare const APP_VERSION: string;
/** The address of the staff's console; empty when there is none. */
declare const CONSOLE_URL: string;
