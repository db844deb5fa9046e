import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { text } from 'node:stream/consumers';

type Question = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** The file of the certificate that the server was given. */
  readonly certificate?: string | undefined;
  readonly signal: AbortSignal;
};

/** Asks a server of ours on this machine. Over TLS it must show the very certificate it was given, whatever name that was made for. */
export async function ask(url: string, { certificate, body, ...options }: Question) {
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const request = certificate
      ? https.request(url, { ...options, ...trusting(certificate) }, resolve)
      : http.request(url, { ...options, agent: false }, resolve);
    request.on('error', reject).end(body);
  });
  const status = answer.statusCode ?? 0;
  return { status, ok: status >= 200 && status < 300, text: await text(answer) };
}

const trusting = (certificate: string): https.RequestOptions => ({
  agent: false,
  ca: readFileSync(certificate),
  // It need not be its own issuer.
  allowPartialTrustChain: true,
  checkServerIdentity: () => undefined,
});
