import { Problem } from '@kith/contracts';

/** Refuses a command that insists on other versions than the current one (RFC 9110, 13.1.1). */
export function requireVersion(version: number, wanted: readonly number[] | undefined): void {
  if (wanted !== undefined && !wanted.includes(version)) {
    throw new Problem('precondition-failed', `The current version is ${version}, which If-Match does not name.`);
  }
}
