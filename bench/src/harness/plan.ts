import { setTimeout as delay } from 'node:timers/promises';

import { loggedOf, patiently, setLogging } from './server-log.ts';

/** The server plans a prepared statement five times before it may keep a plan. */
const REPEATS = 12;
const LOGGED_MS = 200;

export type Explain = (request: () => Promise<unknown>) => Promise<string>;

/**
 * Makes the server log the plans and times of its statements (`auto_explain`), which slows every later measurement. Returns a
 * function that lists the statements of a request, as the service sends them and the server plans them.
 */
export async function startExplaining(databaseUrl: string, logFile: string): Promise<Explain> {
  await setLogging(databaseUrl, {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
  });
  return async (request) => {
    for (let n = 0; n < REPEATS; n++) await patiently(request);
    await delay(LOGGED_MS);
    const entries = await loggedOf(logFile, async () => {
      await request();
      await delay(LOGGED_MS);
    });
    return entries.join('');
  };
}
