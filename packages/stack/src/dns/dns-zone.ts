import { a, mx, type Question, RCODE, type Record, TYPE } from './dns-message.ts';

export const ZONE = 'kith.test';

type Answer = { readonly rcode: number; readonly records: readonly Record[] };

const nothing: Answer = { rcode: RCODE.NOERROR, records: [] };

/** The demo zone's answer: null where it must never come, undefined where the name is not of the zone. */
export function askZone({ name, type }: Question): Answer | null | undefined {
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

// 192.0.2.0/24 is for documentation (RFC 5737): nobody is there.
const ordinary = [mx(10, `mail.${ZONE}`), a('192.0.2.25')];
