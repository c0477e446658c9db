/** The number as a ULID. Seeded things have the same ids on every laptop, so that examples and tests can name them. */
export function seedUlid(number: number): string {
  return `01JCSEED${String(number).padStart(18, '0')}`;
}
