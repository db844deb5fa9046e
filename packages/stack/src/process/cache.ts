import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what can be made again is kept between runs (XDG Base Directory). */
export const cacheFolder = (env: NodeJS.ProcessEnv): string =>
  join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kith');
