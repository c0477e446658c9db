/** The shape of a seeded course. */

/** A lesson: its title and its length in minutes. */
export type SeedLesson = readonly [title: string, minutes: number];

/** A chapter: its title and its lessons. */
export type SeedChapter = readonly [title: string, lessons: readonly SeedLesson[]];

/**
 * A course of the seeded catalogue. Its ids come from its place in the list, so courses may only be added at the end.
 */
export interface SeedCourse {
  readonly title: string;
  readonly subtitle: string;
  readonly summary: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly teacher: string;
  readonly priceYuan: number;
  /** Null for access without an end. */
  readonly accessDays: number | null;
  /** How many lessons, from the first, are open to everybody. */
  readonly trialCount: number;
  readonly chapters: readonly SeedChapter[];
}
