import { createServer, Packet } from 'dns2';

type Zone = Readonly<Record<string, Behaviour>>;
type Behaviour =
  | { readonly mx?: readonly string[]; readonly a?: string; readonly aaaa?: string }
  | 'servfail'
  | 'timeout'
  /** Answers that it has no MX, and stays silent about its hosts. */
  | 'half';

/** A name server that knows this zone; other names do not exist. It records its questions. */
export async function nameServer(zone: Zone) {
  const questions: string[] = [];
  const server = createServer({
    udp: true,
    tcp: false,
    handle(request, send) {
      const response = Packet.createResponseFromRequest(request);
      const { name = '', type = 0 } = request.questions[0] ?? {};
      questions.push(name);
      const behaviour = zone[name.toLowerCase()];
      if (behaviour === 'timeout' || (behaviour === 'half' && type !== Packet.TYPE.MX)) return;
      if (behaviour === undefined) response.header.rcode = Packet.RCODE.NXDOMAIN;
      else if (behaviour === 'servfail') response.header.rcode = Packet.RCODE.SERVFAIL;
      else if (behaviour !== 'half') response.answers.push(...records(name, type, behaviour));
      void send(response);
    },
  });
  const { udp } = await server.listen({ udp: { port: 0, address: '127.0.0.1' } });
  return {
    address: `127.0.0.1:${udp?.port}`,
    questions,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function records(name: string, type: number, { mx = [], a, aaaa }: Exclude<Behaviour, string>) {
  const record = (data: object) => Object.assign(new Packet.Resource(name, type, Packet.CLASS.IN, 0), data);
  switch (type) {
    case Packet.TYPE.MX:
      return mx.map((exchange, n) => record({ exchange, priority: n * 10 }));
    case Packet.TYPE.A:
      return a ? [record({ address: a })] : [];
    case Packet.TYPE.AAAA:
      return aaaa ? [record({ address: aaaa })] : [];
    default:
      return [];
  }
}
