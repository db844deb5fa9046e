/** The folder outside a closed home in which PostgreSQL keeps its data when we are root, as the start logged it. The test removes it. */
export const dataElsewhere = (said: string): string | undefined => /its data is in (.+)$/m.exec(said)?.[1];
