import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disposableDomains } from '@kith/disposable';

import { nameServer } from './dns.fixture.ts';
import { allChecks, type Checks, resolver, verify, whomToAsk } from './index.ts';

let dns: Awaited<ReturnType<typeof nameServer>>;
let checks: Checks;
beforeAll(async () => {
  dns = await nameServer({
    'ok.test': { mx: ['mx1.ok.test', 'mx2.ok.test'] },
    'postgres.kith.svc.cluster.local': { a: '192.0.2.1' },
    'db.corp.test': { mx: ['mx.corp.test'] },
    'notlocal.test': { mx: ['mx.ok.test'] },
    'local.ok.test': { mx: ['mx.ok.test'] },
    'outlok.com': { mx: ['mx.outlok.com'] },
    'mail.com': { mx: ['mx.mail.com'] },
    'xn--bcher-kva.test': { mx: ['mx.ok.test'] },
    'nullmx.test': { mx: [''] },
    'host4.test': { a: '192.0.2.1' },
    'host6.test': { aaaa: '2001:db8::1' },
    'nothing.test': {},
    'servfail.test': 'servfail',
    'timeout.test': 'timeout',
    'half.test': 'half',
  });
  const isDisposable = await disposableDomains();
  checks = allChecks({
    isDisposable,
    internalSuffixes: ['corp.test'],
    dns: resolver([dns.address], { timeoutMs: 100 }),
  });
});
afterAll(async () => dns[Symbol.asyncDispose]());

describe('an e-mail address', () => {
  test.each([
    ['at a domain that takes mail', 'ada@ok.test', 'valid', []],
    ['with everything a local part may have', `"a b"@ok.test`, 'valid', []],
    ['with a subaddress', 'ada+shop@ok.test', 'valid', []],
    ['in upper case', 'ADA@OK.TEST', 'valid', []],
    ['in letters beyond ASCII', 'jürgen@bücher.test', 'valid', []],
    ['at a host without MX (RFC 5321, 5.1)', 'ada@host4.test', 'valid', []],
    ['at a host of IPv6 only', 'ada@host6.test', 'valid', []],

    ['without an @', 'ada', 'invalid', ['syntax']],
    ['without a local part', '@ok.test', 'invalid', ['syntax']],
    ['with two dots', 'ada..l@ok.test', 'invalid', ['syntax']],
    ['with a space', 'a da@ok.test', 'invalid', ['syntax']],
    ['with a local part of 65', `${'a'.repeat(65)}@ok.test`, 'invalid', ['syntax']],
    ['at a label of 64', `ada@${'a'.repeat(64)}.test`, 'invalid', ['syntax']],
    ['at a top-level domain', 'ada@example', 'invalid', ['syntax']],
    ['at an address literal', 'ada@[192.0.2.1]', 'invalid', ['syntax']],
    ['at a number', 'ada@192.0.2.1', 'invalid', ['syntax']],

    ['at a throw-away service', 'ada@mailinator.com', 'disposable', ['disposable_domain']],
    ['at a subdomain of one', 'ada@x.mailinator.com', 'disposable', ['disposable_domain']],

    ['of a function', 'Info@ok.test', 'risky', ['role_account']],
    ['of a function, with a subaddress', 'sales+pt@ok.test', 'risky', ['role_account']],
    ['at a domain that looks like a slip', 'ada@outlok.com', 'risky', ['domain_typo']],
    ['at a real domain one letter from a large one', 'ada@mail.com', 'valid', []],
    ['of a function at a slip', 'info@outlok.com', 'risky', ['role_account', 'domain_typo']],

    ['at a domain that is not there', 'ada@missing.test', 'invalid', ['no_such_domain']],
    ['of a function at a domain that is not there', 'info@missing.test', 'invalid', ['role_account', 'no_such_domain']],
    ['at a domain that says it takes no mail (RFC 7505)', 'ada@nullmx.test', 'invalid', ['null_mail_exchanger']],
    ['at a domain with neither MX nor host', 'ada@nothing.test', 'invalid', ['no_mail_exchanger']],
  ])('%s', async (_, address, status, reasons) => {
    const found = await verify(address, checks.email);
    expect({ ...found, evidence: undefined }).toEqual({ status, answered: true, reasons, evidence: undefined });
  });

  test.each([
    ['fails', 'ada@servfail.test', ['dns_failure']],
    ['is silent', 'ada@timeout.test', ['dns_timeout']],
    ['is silent about the host that stands in for an MX', 'ada@half.test', ['dns_timeout']],
  ])('is not judged while its name server %s', async (_, address, reasons) => {
    expect(await verify(address, checks.email)).toMatchObject({ status: 'unknown', answered: false, reasons });
  });

  test('is not judged while no name server can be reached', async () => {
    const gone = await nameServer({});
    await gone[Symbol.asyncDispose]();
    const isDisposable = await disposableDomains();
    const { email } = allChecks({
      isDisposable,
      internalSuffixes: [],
      dns: resolver([gone.address], { timeoutMs: 100 }),
    });
    expect(await verify('ada@ok.test', email)).toMatchObject({ status: 'unknown', answered: false });
  });

  test.each([
    'postgres.kith.svc.cluster.local',
    'kith.svc',
    'printer.LOCAL',
    'ada.localhost',
    'vault.internal',
    'router.home.arpa',
    '1.2.0.192.in-addr.arpa',
    'abc.onion',
    'company.example',
    'company.invalid',
    'nas.lan',
    'mail.corp',
    'db.corp.test',
    'corp.test',
  ])('at a name that is no public one is invalid, and no name server is asked about it (%s)', async (name) => {
    const before = dns.questions.length;
    expect(await verify(`ada@${name}`, checks.email)).toMatchObject({
      status: 'invalid',
      answered: true,
      reasons: ['reserved_domain'],
    });
    expect(dns.questions).toHaveLength(before);
    expect(whomToAsk(`ada@${name}`, checks.email)).toBe('nobody');
  });

  test.each(['notlocal.test', 'local.ok.test'])(
    'at a public name that only looks internal is looked up (%s)',
    async (name) => {
      expect(await verify(`ada@${name}`, checks.email)).toMatchObject({ status: 'valid', reasons: [] });
    },
  );

  test('that is settled without the network asks nobody, and this is known in advance', async () => {
    const before = dns.questions.length;
    for (const address of ['ada', 'ada@mailinator.com']) {
      expect(whomToAsk(address, checks.email)).toBe('nobody');
      await verify(address, checks.email);
    }
    expect(dns.questions).toHaveLength(before);
    expect(whomToAsk('info@outlok.com', checks.email)).toBe('dns');
  });

  test('at a silent domain shares the pending question of other addresses there', async () => {
    const questions = () => dns.questions.filter((name) => name === 'timeout.test').length;
    const before = questions();
    await verify('one@timeout.test', checks.email);
    const perAddress = questions() - before;
    const many = Array.from({ length: 400 }, (_, n) => verify(`${n}@Timeout.test`, checks.email));
    for (const { reasons } of await Promise.all(many)) expect(reasons).toEqual(['dns_timeout']);
    expect(questions() - before).toBe(2 * perAddress);
  });
});

describe('a phone number', () => {
  test('asks nobody', () => {
    expect(whomToAsk('+351 912 345 678', checks.phone)).toBe('nobody');
  });

  test('with a broken check is left to the attempt, which reports it', () => {
    const ask = () => {
      throw new TypeError('broken');
    };
    expect(whomToAsk('+351 912 345 678', [{ name: 'broken', asks: 'nobody', ask }])).toBe('nobody');
  });

  test.each([
    ['of a mobile', '+351 912 345 678', 'valid', []],
    ['of a landline', '+44 20 7946 0958', 'valid', []],
    [
      'from the documentation: possible, but in no number plan (T-1)',
      '+15551234567',
      'invalid',
      ['not_a_valid_number'],
    ],
    ['that is too short', '+1234567', 'invalid', ['not_a_possible_number']],
    ['that is too long', '+35191234567890123', 'invalid', ['not_a_possible_number']],
    ['of no country', '+999 123 456 789', 'invalid', ['not_a_possible_number']],
    ['that is words', 'call me maybe', 'invalid', ['not_a_possible_number']],
    ['without a country', '912 345 678', 'unknown', ['no_country_code']],
  ])('%s', async (_, number, status, reasons) => {
    expect(await verify(number, checks.phone)).toMatchObject({ status, answered: true, reasons });
  });
});

describe('the evidence', () => {
  test('names the checks that ran, their lists or metadata, and their findings', async () => {
    expect((await verify('info@outlok.com', checks.email)).evidence).toEqual([
      { check: 'syntax', says: 'pass' },
      { check: 'reserved_domain', version: '1', says: 'pass' },
      { check: 'disposable_domain', version: expect.stringMatching(/^disposable-email-domains-js \d/), says: 'pass' },
      { check: 'role_account', version: '1', says: 'doubt' },
      { check: 'domain_typo', version: '1', says: 'doubt', details: { suggestion: 'outlook.com' } },
      { check: 'mail_exchanger', says: 'pass', details: { answer: 'mx' } },
    ]);
    expect((await verify('+351912345678', checks.phone)).evidence).toEqual([
      {
        check: 'phone_number',
        version: expect.stringMatching(/^libphonenumber-js\/max \d/),
        says: 'pass',
        details: { region: 'PT', lineType: 'mobile' },
      },
    ]);
  });

  test.each([
    'ada.lovelace@outlok.com',
    'ada.lovelace@ok.test',
    'ada.lovelace@nothing.test',
    'ada.lovelace@@',
    '+351912345678',
  ])('does not repeat the value (%s)', async (value) => {
    const { evidence, reasons } = await verify(value, value.startsWith('+') ? checks.phone : checks.email);
    expect(JSON.stringify({ evidence, reasons })).not.toMatch(/lovelace|outlok|\.test|912345678/);
  });
});
