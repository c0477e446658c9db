/** What the shop lists and what gives access, and what is sold apart from that. */
import type { ProductKind } from '../../schemas/catalogue/productKind.ts';

/**
 * Whether a product is listed and searched, and gives access to something. A question is not and does not. It is found
 * by its expert, and is never owned, given, bundled, in a cart or sold for points.
 */
export function isOnShelf({ kind }: { readonly kind: ProductKind }): boolean {
  return kind !== 'question';
}
