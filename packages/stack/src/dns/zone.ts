import { a, mx, type Question, RCODE, type ResourceRecord, TYPE } from './message.ts';

export const ZONE = 'kith.test';

type Answer = { readonly rcode: number; readonly records: readonly ResourceRecord[] };

const nothing: Answer = { rcode: RCODE.NOERROR, records: [] };

/** The demo zone's answer. Null means silence; undefined means that the name is outside the zone. */
export function answerFromZone({ name, type }: Question): Answer | null | undefined {
  if (name !== ZONE && !name.endsWith(`.${ZONE}`)) return undefined;
  switch (name.slice(0, -ZONE.length - 1)) {
    case 'timeout':
      return null;
    case 'servfail':
      return { rcode: RCODE.SERVFAIL, records: [] };
    case 'nomx':
      return nothing;
    case 'nullmx': // RFC 7505
      return type === TYPE.MX ? { rcode: RCODE.NOERROR, records: [mx(0, '.')] } : nothing;
    default:
      return { rcode: RCODE.NOERROR, records: ordinary.filter((record) => record.type === type) };
  }
}

// 192.0.2.0/24 is reserved for documentation (RFC 5737), so no host answers there.
const ordinary = [mx(10, `mail.${ZONE}`), a('192.0.2.25')];
