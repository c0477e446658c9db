/** The package declares no types for its tables. */
declare module 'opencc-js/dict/TSCharacters' {
  /** Pairs of a traditional and a simplified character, `丟 丢|並 并`. */
  const pairs: string;
  export default pairs;
}
