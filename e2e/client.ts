/** An answer of the gateway. */
export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body's `data`. */
  readonly data: never;
};

export type Call = (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<Reply>;

/** Calls `/api/v1` with a token. */
export const client =
  (gatewayUrl: string, token: string): Call =>
  async (method, path, body, headers) => {
    const answer = await fetch(`${gatewayUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const data = text === '' ? undefined : (JSON.parse(text) as { data: unknown }).data;
    return { status: answer.status, headers: answer.headers, text, data: data as never };
  };
