/** Pictures of the machine that the phone runs on. */
import { make } from './dom.ts';

const PERCENT = 100;

/** Lets the person choose at most this many; null when they leave it. */
export function choosePictures(count: number): Promise<readonly Uint8Array<ArrayBuffer>[] | null> {
  const input = make('input', { type: 'file', accept: 'image/*', multiple: count > 1 });
  return new Promise((resolve) => {
    input.addEventListener('cancel', () => resolve(null));
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])].slice(0, count);
      resolve(Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer()))));
    });
    input.click();
  });
}

/** A picture as JPEG, no wider than this. */
export async function compressed(
  picture: Uint8Array<ArrayBuffer>,
  { quality, width }: { readonly quality: number; readonly width: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const bitmap = await createImageBitmap(new Blob([picture]));
  const scale = Math.min(1, width / bitmap.width);
  const canvas = new OffscreenCanvas(Math.ceil(bitmap.width * scale), Math.ceil(bitmap.height * scale));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: quality / PERCENT });
  return new Uint8Array(await blob.arrayBuffer());
}
