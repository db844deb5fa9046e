import { parseAddress } from './address.ts';
import type { Check } from './check.ts';

/** Mailboxes of a function, not of a person: RFC 2142, and other names whose mail several people read, or nobody. */
const ROLES = new Set(
  `info marketing sales support abuse noc security postmaster hostmaster usenet news webmaster www uucp ftp
   accounting accounts admin administrator billing careers compliance contact contacts customerservice
   enquiries feedback finance hello help helpdesk hr inquiries invoices jobs legal mail mailer-daemon
   no-reply noreply do-not-reply donotreply office orders press privacy reception root service spam staff
   subscribe sysadmin team unsubscribe`.split(/\s+/),
);

export const roleAccount: Check = {
  name: 'role_account',
  asks: 'nobody',
  version: '1',
  ask(value) {
    // `info+shop@` and `info@` are one mailbox.
    const [mailbox = ''] = (parseAddress(value)?.local ?? '').toLowerCase().split('+');
    return ROLES.has(mailbox) ? { says: 'doubt', reason: 'role_account' } : { says: 'pass' };
  },
};
