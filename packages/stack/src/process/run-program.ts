import { execFile, type ExecFileOptions } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

import { plainEnvironment } from './environment.ts';

const execute = promisify(execFile);

/** Runs a program to its end. An aborted program is waited for too, so that it cannot outlive us. */
export async function runProgram(
  file: string,
  args: readonly string[],
  { env = plainEnvironment(process.env), ...options }: ExecFileOptions = {},
) {
  const running = execute(file, args, { ...options, env, encoding: 'utf8' });
  const { child } = running;
  try {
    return await running;
  } catch (error) {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    throw error;
  }
}
