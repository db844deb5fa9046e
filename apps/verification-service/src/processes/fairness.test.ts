import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { disposableDomains } from '@kith/disposable';
import { eventually } from '@kith/stack/testing';

import { nameServer } from '../checks/dns.fixture.ts';
import { allChecks, resolver } from '../checks/index.ts';
import { takeIn } from '../consumers/contacts.ts';
import { serviceOnDatabase } from '../service.fixture.ts';
import { created } from '../published.fixture.ts';
import { type CheckRunner, runChecks } from './run-checks.ts';

const MANY = 400;
/** The most questions that are asked at once. */
const PLACES = 128;
const [A, B] = ['ws_0000000000000000000000000a', 'ws_0000000000000000000000000b'];
const LIVE = { email: 'ada@live.test', phone: '+351912345678' };

const silentDomain = (workspace: string, n: number) => `${workspace.at(-1)}-${n}.test`;
const silent = [A, B].flatMap((workspace) =>
  Array.from({ length: MANY }, (_, n) => [silentDomain(workspace, n), 'timeout'] as const),
);

let service: Awaited<ReturnType<typeof serviceOnDatabase>>;
let dns: Awaited<ReturnType<typeof nameServer>>;
let isDisposable: Awaited<ReturnType<typeof disposableDomains>>;
beforeAll(async () => {
  service = await serviceOnDatabase();
  dns = await nameServer({ 'live.test': { mx: ['mx.live.test'] }, ...Object.fromEntries(silent) });
  isDisposable = await disposableDomains();
});
let replicas: AsyncDisposableStack;
beforeEach(async () => {
  await service.forget();
  dns.questions.length = 0;
  replicas = new AsyncDisposableStack();
});
afterEach(() => replicas.disposeAsync());
afterAll(async () => {
  await dns[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

/** Starts a runner that never gives up on a name server: a silent domain holds its place to the end of the test. */
function startReplica(): CheckRunner {
  const name = resolver([dns.address], { timeoutMs: 600_000 });
  const checks = allChecks({ isDisposable, internalSuffixes: [], dns: name });
  const runner = replicas.use(runChecks({ ...service.passing, checks }));
  replicas.defer(() => name.cancel());
  return runner;
}

/** Takes in new contacts: checks are started while there is room, and the others are left to be claimed. */
async function take(messages: readonly ReturnType<typeof created>[], runner: Partial<CheckRunner> = {}) {
  const checks = allChecks({ isDisposable, internalSuffixes: [], dns: resolver([dns.address]) });
  await takeIn({ ...service.intake, checks, runner: { ...service.intake.runner, ...runner } }, messages);
}

const contactsAtSilentDomains = (workspace: string) =>
  Array.from({ length: MANY }, (_, n) =>
    created(service.newContact(), { email: `ada@${silentDomain(workspace, n)}` }, workspace),
  );

/** The number of domains of a workspace that are being looked up. */
const domainsAsked = (workspace: string) =>
  new Set(dns.questions.filter((name) => name.startsWith(`${workspace.at(-1)}-`))).size;

async function stillOpen(): Promise<number> {
  const { rows } = await service.pool.query<{ count: number }>(`select count(*)::int as count from open_checks`);
  return rows[0]!.count;
}

const verdictsOn = (id: number) => async () => (await service.verdictsOn(id)).toSorted();
const isVerified = (id: number) =>
  eventually(async () => expect(await verdictsOn(id)()).toEqual(['email 1 valid []', 'phone 1 valid []']));

describe('400 silent domains of one workspace', () => {
  test('hold up nobody else: their phone number and e-mail address are checked while all of those wait', async () => {
    const runner = startReplica();
    await take(contactsAtSilentDomains(A), runner);
    await eventually(() => expect(domainsAsked(A)).toBe(PLACES));
    const other = service.newContact();
    await take([created(other, LIVE, B)], runner);
    await isVerified(other);
    expect(await stillOpen()).toBe(MANY);
  });

  test('hold up none of its own checks that need no name server', async () => {
    const runner = startReplica();
    await take(contactsAtSilentDomains(A), runner);
    await eventually(() => expect(domainsAsked(A)).toBe(PLACES));
    const [valid, disposable, misspelt] = [service.newContact(), service.newContact(), service.newContact()];
    await take(
      [
        created(valid, { phone: LIVE.phone }, A),
        created(disposable, { email: 'ada@mailinator.com' }, A),
        created(misspelt, { email: 'ada@@live.test' }, A),
      ],
      runner,
    );
    await eventually(async () =>
      expect((await Promise.all([valid, disposable, misspelt].map(service.verdictsOn))).flat()).toEqual([
        'phone 1 valid []',
        'email 1 disposable ["disposable_domain"]',
        'email 1 invalid ["syntax"]',
      ]),
    );
    expect(await stillOpen()).toBe(MANY);
  });

  test('that were there first hold up nobody when replicas start again', async () => {
    const other = service.newContact();
    await take(contactsAtSilentDomains(A));
    await take([created(other, LIVE, B)]);
    startReplica();
    startReplica();
    await isVerified(other);
    expect(await stillOpen()).toBe(MANY);
    await eventually(() => expect(domainsAsked(A)).toBeGreaterThanOrEqual(2 * PLACES - 2));
    const later = service.newContact();
    await take([created(later, LIVE, B)]);
    await isVerified(later);
    expect(await stillOpen()).toBe(MANY);
  });

  test('leave half of the places to another workspace that has as many', async () => {
    await take(contactsAtSilentDomains(A));
    await take(contactsAtSilentDomains(B));
    startReplica();
    await eventually(() => expect([domainsAsked(A), domainsAsked(B)]).toEqual([PLACES / 2, PLACES / 2]));
  });
});
