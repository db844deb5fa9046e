import { homedir } from 'node:os';
import { join } from 'node:path';

/** Keeps files between runs that can be made again (XDG Base Directory). */
export const cacheFolder = (env: NodeJS.ProcessEnv): string =>
  join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kith');
