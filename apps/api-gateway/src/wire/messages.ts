import type { HttpProblem } from '@kith/http';

/** WD-33; WD-57 for the 401. */
export const messageOf = ({ status, title, detail = title }: HttpProblem): string =>
  status === 401 ? 'Unauthenticated.' : detail;
