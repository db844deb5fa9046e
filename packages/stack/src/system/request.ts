import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { text } from 'node:stream/consumers';

type RequestOptions = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** The file of the server's certificate. */
  readonly certificate?: string | undefined;
  readonly signal: AbortSignal;
};

/** Sends a request to our own server on this machine. Over TLS the server must show exactly this certificate, whatever name it bears. */
export async function request(url: string, { certificate, body, ...options }: RequestOptions) {
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const sent = certificate
      ? https.request(url, { ...options, ...trusting(certificate) }, resolve)
      : http.request(url, { ...options, agent: false }, resolve);
    sent.on('error', reject).end(body);
  });
  const status = answer.statusCode ?? 0;
  return { status, ok: status >= 200 && status < 300, text: await text(answer) };
}

const trusting = (certificate: string): https.RequestOptions => ({
  agent: false,
  ca: readFileSync(certificate),
  // The certificate need not be its own issuer.
  allowPartialTrustChain: true,
  checkServerIdentity: () => undefined,
});
