import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disposableDomains } from '@kith/disposable';

import { nameServer } from './dns.fixture.ts';
import { allChecks, type Checks, resolver, verify, whomToAsk } from './index.ts';

let dns: Awaited<ReturnType<typeof nameServer>>;
let checks: Checks;
beforeAll(async () => {
  dns = await nameServer({
    'ok.example': { mx: ['mx1.ok.example', 'mx2.ok.example'] },
    'outlok.com': { mx: ['mx.outlok.com'] },
    'mail.com': { mx: ['mx.mail.com'] },
    'xn--bcher-kva.example': { mx: ['mx.ok.example'] },
    'nullmx.example': { mx: [''] },
    'host4.example': { a: '192.0.2.1' },
    'host6.example': { aaaa: '2001:db8::1' },
    'nothing.example': {},
    'servfail.example': 'servfail',
    'timeout.example': 'timeout',
    'half.example': 'half',
  });
  const isDisposable = await disposableDomains();
  checks = allChecks({ isDisposable, dns: resolver([dns.address], { timeoutMs: 100 }) });
});
afterAll(async () => dns[Symbol.asyncDispose]());

describe('an e-mail address', () => {
  test.each([
    ['at a domain that takes mail', 'ada@ok.example', 'valid', []],
    ['with everything a local part may have', `"a b"@ok.example`, 'valid', []],
    ['with a subaddress', 'ada+shop@ok.example', 'valid', []],
    ['in upper case', 'ADA@OK.EXAMPLE', 'valid', []],
    ['in letters beyond ASCII', 'jürgen@bücher.example', 'valid', []],
    ['at a host without MX (RFC 5321, 5.1)', 'ada@host4.example', 'valid', []],
    ['at a host of IPv6 only', 'ada@host6.example', 'valid', []],

    ['without an @', 'ada', 'invalid', ['syntax']],
    ['without a local part', '@ok.example', 'invalid', ['syntax']],
    ['with two dots', 'ada..l@ok.example', 'invalid', ['syntax']],
    ['with a space', 'a da@ok.example', 'invalid', ['syntax']],
    ['with a local part of 65', `${'a'.repeat(65)}@ok.example`, 'invalid', ['syntax']],
    ['at a label of 64', `ada@${'a'.repeat(64)}.example`, 'invalid', ['syntax']],
    ['at a top-level domain', 'ada@example', 'invalid', ['syntax']],
    ['at an address literal', 'ada@[192.0.2.1]', 'invalid', ['syntax']],
    ['at a number', 'ada@192.0.2.1', 'invalid', ['syntax']],

    ['of a throw-away service', 'ada@mailinator.com', 'disposable', ['disposable_domain']],
    ['of a subdomain of one', 'ada@x.mailinator.com', 'disposable', ['disposable_domain']],

    ['of a function', 'Info@ok.example', 'risky', ['role_account']],
    ['of a function, with a subaddress', 'sales+pt@ok.example', 'risky', ['role_account']],
    ['at a domain that looks like a slip', 'ada@outlok.com', 'risky', ['domain_typo']],
    ['at a real domain one letter from a large one', 'ada@mail.com', 'valid', []],
    ['of a function at a slip', 'info@outlok.com', 'risky', ['role_account', 'domain_typo']],

    ['at a domain that is not there', 'ada@missing.example', 'invalid', ['no_such_domain']],
    [
      'of a function at a domain that is not there',
      'info@missing.example',
      'invalid',
      ['role_account', 'no_such_domain'],
    ],
    ['at a domain that says it takes no mail (RFC 7505)', 'ada@nullmx.example', 'invalid', ['null_mail_exchanger']],
    ['at a domain with neither MX nor host', 'ada@nothing.example', 'invalid', ['no_mail_exchanger']],
  ])('%s', async (_, address, status, reasons) => {
    const found = await verify(address, checks.email);
    expect({ ...found, evidence: undefined }).toEqual({ status, answered: true, reasons, evidence: undefined });
  });

  test.each([
    ['fails', 'ada@servfail.example', ['dns_failure']],
    ['is silent', 'ada@timeout.example', ['dns_timeout']],
    ['is silent about the host that stands in for an MX', 'ada@half.example', ['dns_timeout']],
  ])('is not judged while its name server %s', async (_, address, reasons) => {
    expect(await verify(address, checks.email)).toMatchObject({ status: 'unknown', answered: false, reasons });
  });

  test('is not judged while no name server can be reached', async () => {
    const gone = await nameServer({});
    await gone[Symbol.asyncDispose]();
    const isDisposable = await disposableDomains();
    const { email } = allChecks({ isDisposable, dns: resolver([gone.address], { timeoutMs: 100 }) });
    expect(await verify('ada@ok.example', email)).toMatchObject({ status: 'unknown', answered: false });
  });

  test('that is settled without the network asks nobody, and that is known before', async () => {
    const before = dns.asked.length;
    for (const address of ['ada', 'ada@mailinator.com']) {
      expect(whomToAsk(address, checks.email)).toBe('nobody');
      await verify(address, checks.email);
    }
    expect(dns.asked).toHaveLength(before);
    expect(whomToAsk('info@outlok.com', checks.email)).toBe('dns');
  });

  test('at a silent domain shares the question of others there, until there is an answer', async () => {
    const questions = () => dns.asked.filter((name) => name === 'timeout.example').length;
    const before = questions();
    await verify('one@timeout.example', checks.email);
    const ofOne = questions() - before;
    const many = Array.from({ length: 400 }, (_, n) => verify(`${n}@Timeout.example`, checks.email));
    for (const { reasons } of await Promise.all(many)) expect(reasons).toEqual(['dns_timeout']);
    expect(questions() - before).toBe(2 * ofOne);
  });
});

describe('a phone number', () => {
  test('asks nobody', () => {
    expect(whomToAsk('+351 912 345 678', checks.phone)).toBe('nobody');
  });

  test('whose check is broken is left to the attempt, which reports it', () => {
    const ask = () => {
      throw new TypeError('broken');
    };
    expect(whomToAsk('+351 912 345 678', [{ name: 'broken', asks: 'nobody', ask }])).toBe('nobody');
  });

  test.each([
    ['of a mobile', '+351 912 345 678', 'valid', []],
    ['of a landline', '+44 20 7946 0958', 'valid', []],
    ['of the documentation: possible, and nobody’s (T-1)', '+15551234567', 'invalid', ['not_a_valid_number']],
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
  test('says which checks were asked, by which list or metadata, and what they found', async () => {
    expect((await verify('info@outlok.com', checks.email)).evidence).toEqual([
      { check: 'syntax', says: 'pass' },
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
    'ada.lovelace@ok.example',
    'ada.lovelace@nothing.example',
    'ada.lovelace@@',
    '+351912345678',
  ])('does not repeat the value (%s)', async (value) => {
    const { evidence, reasons } = await verify(value, value.startsWith('+') ? checks.phone : checks.email);
    expect(JSON.stringify({ evidence, reasons })).not.toMatch(/lovelace|outlok|example|912345678/);
  });
});
