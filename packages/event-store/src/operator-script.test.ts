import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

const module = pathToFileURL(join(import.meta.dirname, 'operator-script.ts')).href;

/** Runs the work as a process of its own, as `kith` does. */
async function run(work: string) {
  const script = `import { operatorScript } from '${module}'; await operatorScript('contacts-service', ${work});`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    env: { NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
  });
  const code = new Promise((resolve) => child.once('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, out, err };
}

test('a script that does its work ends well, and says only what the work says', async () => {
  expect(await run(`async () => console.log('3 keys')`)).toEqual({ code: 0, out: '3 keys\n', err: '' });
});

test('a script ends with the code that its work found', async () => {
  expect(await run(`async () => 2`)).toEqual({ code: 2, out: '', err: '' });
});

test('a script that fails says so in one sentence that names its service, without a stack', async () => {
  expect(await run(`async () => { throw new Error('The database is away.'); }`)).toEqual({
    code: 1,
    out: '',
    err: 'contacts-service: The database is away.\n',
  });
});

test('a script that fails with what is no error says that', async () => {
  expect(await run(`async () => { throw 'stopped'; }`)).toMatchObject({ code: 1, err: 'contacts-service: stopped\n' });
});
