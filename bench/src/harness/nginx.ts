import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from '@kith/stack';

import { endWithUs } from './end-with-us.ts';

export type Nginx = AsyncDisposable & { readonly url: string; readonly version: string };

type Upstreams = { readonly handler: string; readonly authorizer: string };

/** Debian installs nginx in a folder that only root has on its PATH. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;
const START_MS = 10_000;

/** Starts nginx in front of a handler, with an authorizer for each request. Undefined when nginx is not installed. */
export async function startNginx(upstreams: Upstreams): Promise<Nginx | undefined> {
  const { stderr, error } = spawnSync('nginx', ['-v'], { encoding: 'utf8', env: { ...process.env, PATH } });
  if (error) return undefined;
  await using resources = new AsyncDisposableStack();
  const folder = resources.adopt(mkdtempSync(join(tmpdir(), 'kith-nginx-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder, port, upstreams));
  const child = spawn('nginx', ['-c', file, '-p', folder, '-e', join(folder, 'error.log'), '-g', 'daemon off;'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH },
  });
  endWithUs(child, 'SIGTERM');
  const exited = once(child, 'exit');
  resources.defer(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const url = `http://127.0.0.1:${port}`;
  const patience = Date.now() + START_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > patience) throw new Error('nginx did not start.');
    await delay(20);
  }
  const opened = resources.move();
  const version = /nginx\/\S+/.exec(stderr)?.[0] ?? 'nginx';
  return { url, version, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Does the gateway's work as far as nginx can: checks a token, counts a limit, logs a line, keeps connections. */
const configuration = (folder: string, port: number, { handler, authorizer }: Upstreams) => `
pid ${folder}/nginx.pid;
worker_processes auto;
events { worker_connections 1024; }
http {
  access_log ${folder}/access.log combined buffer=16k flush=1s;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  keepalive_requests 1000000;
  limit_req_zone $http_authorization zone=tokens:1m rate=1000000r/s;
  upstream handler { server ${new URL(handler).host}; keepalive 64; }
  upstream authorizer { server ${new URL(authorizer).host}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location = /authorize {
      internal;
      proxy_pass http://authorizer;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
    }
    location / {
      auth_request /authorize;
      limit_req zone=tokens burst=1000 nodelay;
      proxy_pass http://handler;
    }
  }
}
`;

/** Accepts any status, because it is 401 without a token. */
const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );
