import { hash } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { testGateway, type TestGateway } from '../gateway.fixture.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('The documentation page loads everything from the gateway itself', async () => {
  const page = await gateway.call('/docs/');
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.body).toContain('/openapi.json');
  expect(page.body).not.toMatch(/https?:\/\//);
  const script = await gateway.call('/docs/js/scalar.js');
  expect(script.statusCode).toBe(200);
});

test.each(['/docs', '/docs/', '/docs/js/scalar.js'])(
  'The page at %s tells no other server who reads it',
  async (path) => {
    const { headers, body } = await gateway.call(path);
    const policy = String(headers['content-security-policy']).split('; ');
    const inline = /<script type="text\/javascript">([^]*)<\/script>/.exec(path === '/docs/' ? body : '')?.[1];
    const allowed = inline === undefined ? '' : ` 'sha256-${hash('sha256', inline, 'base64')}'`;
    expect(policy).toEqual([
      "default-src 'none'",
      `script-src 'self'${allowed}`,
      "style-src 'unsafe-inline'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  },
);

test('The documentation page runs its one inline script', async () => {
  const { headers } = await gateway.call('/docs/');
  expect(String(headers['content-security-policy']).match(/sha256-/g)).toHaveLength(1);
});
