/** Where PostgreSQL keeps its data outside of a closed home, by what was said at the start: so it is where we are root. The test removes it. */
export const dataElsewhere = (said: string): string | undefined => /its data stand in (.+)$/m.exec(said)?.[1];
