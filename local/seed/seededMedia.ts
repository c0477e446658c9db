/** The files of the seeded catalogue, each as long as its lesson says. */
import { beginningOf } from '../../shared/domain/catalogue/upload.ts';
import type { CoverType, MediaType } from '../../shared/schemas/catalogue/upload.ts';
import { madeUpMedia } from '../madeUpMedia.ts';
import type { SeedCourse } from './course.ts';
import { seedProducts } from './products.ts';
import { seedCourseId, seedCourses } from './seedCatalogue.ts';

/** Keys with these beginnings have made-up files. What staff upload has other ones. */
const MADE_UP = /^(courses|reports|audio|video)\//;
/** The length of a file that no lesson of the seeded catalogue has. */
const OTHER_SECONDS = 60;
const MINUTE_SECONDS = 60;

const lessonsOf = (course: SeedCourse) => course.chapters.flatMap(([, lessons]) => lessons);

function secondsByKey(): ReadonlyMap<string, number> {
  const ofLessons = seedCourses.flatMap((course, index) =>
    lessonsOf(course).map(
      ([, minutes], at) =>
        [`courses/${seedCourseId(index + 1)}/${at + 1}.mp4`, minutes * MINUTE_SECONDS] as const,
    ),
  );
  const ofProducts = seedProducts.flatMap((draft) => {
    const product = draft();
    return product.kind === 'media' && product.content.mediaKey !== null
      ? [[product.content.mediaKey, product.content.durationSeconds] as const]
      : [];
  });
  return new Map<string, number>([...ofLessons, ...ofProducts]);
}

let known: ReadonlyMap<string, number> | null = null;

/** The made-up file of a key; null for a key that has none. */
export function seededFile(key: string, contentType: CoverType | MediaType): Uint8Array | null {
  if (!MADE_UP.test(key)) return null;
  known ??= secondsByKey();
  return madeUpMedia(contentType, known.get(key) ?? OTHER_SECONDS) ?? beginningOf(contentType);
}
