/** What a doctor has found, as it is told. */
import { findingLines } from '../../shared/commands/probe.ts';
import type { Finding } from '../../shared/ports/finding.ts';

/**
 * Tells findings, each in both languages, and answers whether one of them stops. Then the command exits with 1, and a
 * deployment does not begin.
 */
export function tellFindings(findings: readonly Finding[], tell: (line: string) => void): boolean {
  for (const line of findingLines(findings)) tell(line);
  return findings.some(({ stops }) => stops);
}
