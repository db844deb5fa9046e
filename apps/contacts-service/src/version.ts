import { Problem } from '@kith/contracts';

/** RFC 9110, 13.1.1: what the client knew is no longer so. */
export function requireVersion(version: number, wanted: readonly number[] | undefined): void {
  if (wanted !== undefined && !wanted.includes(version)) {
    throw new Problem('precondition-failed', `This is at version ${version} now, which If-Match does not name.`);
  }
}
