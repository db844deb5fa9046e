import { hash } from 'node:crypto';

import type { onSendAsyncHookHandler } from 'fastify';

const INLINE = /<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g;

/**
 * The page of an installation tells nobody else who reads it, whatever comes with its next version: the browser asks nobody but this host. Only
 * the scripts that are in the page as it leaves here run. Scalar writes its styles into the page as it runs, and draws icons from `data:`.
 */
export const docsHeaders: onSendAsyncHookHandler = async (_request, reply, payload) => {
  // Not in Scalar itself: four megabytes, of which nothing is written into a page.
  const isPage = String(reply.getHeader('content-type')).startsWith('text/html');
  const page = isPage && typeof payload === 'string' ? payload : '';
  const scripts = Array.from(
    page.matchAll(INLINE),
    ([, script = '']) => `'sha256-${hash('sha256', script, 'base64')}'`,
  );
  reply.headers({
    'content-security-policy': [
      "default-src 'none'",
      ["script-src 'self'", ...scripts].join(' '),
      "style-src 'unsafe-inline'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  return payload;
};
