import { expect, test } from '@jest/globals';

import { runProgram } from './run-program.ts';

test('a program that is given up has ended when we go on', async () => {
  const stubborn = `process.on('SIGTERM', () => setTimeout(() => process.exit(), 300)); console.log(process.pid); setInterval(() => {}, 1000)`;
  const giveUp = AbortSignal.timeout(500);
  const error = (await runProgram(process.execPath, ['-e', stubborn], { signal: giveUp }).catch(
    (error: unknown) => error,
  )) as Error & { stdout: string };
  expect(error.name).toBe('AbortError');
  expect(() => process.kill(Number(error.stdout), 0)).toThrow('ESRCH');
});

test('what a program prints is handed out', async () => {
  expect(await runProgram(process.execPath, ['-p', '1 + 1'])).toMatchObject({ stdout: '2\n' });
});
