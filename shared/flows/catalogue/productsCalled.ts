import * as products from '../../data/catalogue/products.ts';
import { hasWords, searchedWords } from '../../domain/catalogue/searchWords.ts';
import type { Page, Reader } from '../../ports/database.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import { filteredPage } from '../filteredPage.ts';
import { simplified } from './simplified.ts';

/** Whether a text has every one of the words that somebody typed, or words that begin so. */
export function havingWords(words: string): (text: string) => boolean {
  const sought = searchedWords(simplified(words));
  return (text) => hasWords(simplified(text), sought);
}

/**
 * One page of the products in any state whose title, subtitle, teacher or tags contain every word that was typed,
 * newest first. It is for staff, who look for drafts too. The products themselves are read, so a product that was just
 * changed is found. A page may be shorter than the limit, even empty.
 * @throws request.invalid for a cursor of another query
 */
export function productsCalled(
  reader: Pick<Reader, 'list'>,
  { words, ...asked }: Parameters<typeof products.listForStaff>[1] & { readonly words: string },
): Promise<Page<Product>> {
  const isSought = havingWords(words);
  return filteredPage(
    (cursor) => products.listForStaff(reader, { ...asked, cursor }),
    ({ title, subtitle, teacher, tags }) => isSought([title, subtitle, teacher, ...tags].join('\n')),
    asked,
  );
}
