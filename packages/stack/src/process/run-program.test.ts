import { expect, test } from '@jest/globals';

import { runProgram } from './run-program.ts';

test('an aborted program has ended before the caller goes on', async () => {
  const stubborn = `process.on('SIGTERM', () => setTimeout(() => process.exit(), 300)); console.log(process.pid); setInterval(() => {}, 1000)`;
  const giveUp = AbortSignal.timeout(500);
  const error = (await runProgram(process.execPath, ['-e', stubborn], { signal: giveUp }).catch(
    (error: unknown) => error,
  )) as Error & { stdout: string };
  expect(error.name).toBe('AbortError');
  expect(() => process.kill(Number(error.stdout), 0)).toThrow('ESRCH');
});

test('the caller gets the output of a program', async () => {
  expect(await runProgram(process.execPath, ['-p', '1 + 1'])).toMatchObject({ stdout: '2\n' });
});
