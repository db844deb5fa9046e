import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';

import type { Finding } from '../checks/check.ts';
import { type Intake, takeIn } from '../consumers/contacts.ts';
import { DEADLINE_MS, serviceOnDatabase } from '../service.fixture.ts';
import { created } from '../published.fixture.ts';
import { runChecks } from './run-checks.ts';
import { settle } from './settle.ts';

let service: Awaited<ReturnType<typeof serviceOnDatabase>>;
beforeAll(async () => {
  service = await serviceOnDatabase();
});
beforeEach(() => service.forget());
afterAll(async () => service[Symbol.asyncDispose]());

/** Takes in a contact with an address to check. */
async function contactToCheck(): Promise<number> {
  const id = service.newContact();
  await service.take(created(id, { email: 'ada@kith.test' }));
  return id;
}

describe('a check without an answer', () => {
  test('is repeated, later each time, and ends as unknown at its deadline', async () => {
    const id = await contactToCheck();
    const end = service.clock().getTime() + DEADLINE_MS;
    expect(await service.round(service.unanswered)).toBe(1);
    expect(await service.round(service.unanswered)).toBe(0);
    while (service.clock().getTime() < end) {
      expect(await service.verdictsOn(id)).toEqual([]);
      service.later(250);
      await service.round(service.unanswered);
    }
    expect(await service.verdictsOn(id)).toEqual(['email 1 unknown ["dns_timeout", "no_answer"]']);
    expect(await service.open(id)).toEqual([]);
    expect(service.checked.length).toBeGreaterThan(7);
    expect(service.checked.length).toBeLessThan(20);
  });

  test('is settled by the first answer', async () => {
    const id = await contactToCheck();
    await service.round(service.unanswered);
    service.later(1_000);
    await service.round(service.passing);
    expect(await service.verdictsOn(id)).toEqual(['email 1 valid []']);
  });

  test('runs at least once, however late', async () => {
    const id = await contactToCheck();
    service.later(10 * DEADLINE_MS);
    await service.round(service.passing);
    expect(await service.verdictsOn(id)).toEqual(['email 1 valid []']);
  });

  test('because of an error of its own ends as unknown, and the error is reported', async () => {
    const id = await contactToCheck();
    service.later(DEADLINE_MS);
    const broken = service.saying(() => {
      throw new TypeError('broken');
    });
    await service.round(broken);
    expect(await service.verdictsOn(id)).toEqual(['email 1 unknown ["check_failed", "no_answer"]']);
    expect(service.errors).toHaveLength(1);
  });
});

describe('a worker that dies', () => {
  test('between check and verdict leaves the check to another, and there is one verdict', async () => {
    const id = await contactToCheck();
    expect(await service.claim()).toHaveLength(1);
    expect(await service.round(service.passing)).toBe(0);
    service.later(30_000);
    expect(await service.round(service.passing)).toBe(1);
    expect(await service.verdictsOn(id)).toEqual(['email 1 valid []']);
  });

  test('cannot die between a verdict and the end of its check: they are one statement', async () => {
    const id = await contactToCheck();
    const close = () => Promise.reject(new Error('killed'));
    const [check] = await service.claim();
    await settle({ ...service.passing, openChecks: { ...service.openChecks, close } }, check!);
    expect(await service.verdictsOn(id)).toEqual(['email 1 valid []']);
    expect(await service.open(id)).toEqual([]);
  });

  test('only slowly repeats the check, and there is one verdict', async () => {
    const id = await contactToCheck();
    const [slow] = await service.claim();
    service.later(30_000);
    await Promise.all([service.round(service.passing), settle(service.passing, slow!)]);
    expect(service.checked).toHaveLength(2);
    expect(await service.verdictsOn(id)).toEqual(['email 1 valid []']);
  });
});

describe('workers', () => {
  test('side by side run each check once', async () => {
    const ids = Array.from({ length: 200 }, service.newContact);
    await service.take(...ids.map((id) => created(id, { email: `${id}@kith.test` })));
    {
      await using _one = runChecks(service.passing);
      await using _two = runChecks(service.passing);
      await eventually(() => expect(service.checked.length).toBeGreaterThanOrEqual(200));
    }
    expect(new Set(service.checked).size).toBe(200);
    expect(service.checked).toHaveLength(200);
    for (const id of ids) expect(await service.verdictsOn(id)).toEqual(['email 1 valid []']);
    expect(service.errors).toEqual([]);
  });

  test('run a new check at once where they have room, and no other worker runs it too', async () => {
    const id = service.newContact();
    await using worker = runChecks(service.passing, { pollMs: 3_600_000 });
    await takeIn({ ...service.intake, runner: worker }, [created(id, { email: 'ada@kith.test' })]);
    expect(await service.claim()).toEqual([]);
    await eventually(async () => expect(await service.verdictsOn(id)).toEqual(['email 1 valid []']));
    expect(service.checked).toEqual(['ada@kith.test']);
  });

  test('claim a check that there was no room for as soon as they are woken', async () => {
    const id = service.newContact();
    await using worker = runChecks(service.passing, { pollMs: 3_600_000 });
    const runner = { ...worker, admit: () => [] };
    await takeIn({ ...service.intake, runner }, [created(id, { email: 'ada@kith.test' })]);
    await eventually(async () => expect(await service.verdictsOn(id)).toEqual(['email 1 valid []']));
  });

  test('that die with what was taken in leave it to others once the lease is over', async () => {
    const id = service.newContact();
    const dead: Intake['runner'] = { admit: (checks) => checks.slice(0, 1), start: () => {}, wake: () => {} };
    await takeIn({ ...service.intake, runner: dead }, [created(id, { email: 'ada@kith.test', phone: '+1415' })]);
    expect(await service.round(service.passing)).toBe(1);
    service.later(30_000);
    expect(await service.round(service.passing)).toBe(1);
    expect((await service.verdictsOn(id)).toSorted()).toEqual([
      'email 1 valid []',
      'phone 1 invalid ["not_a_valid_number"]',
    ]);
  });

  test('finish their checks before they stop', async () => {
    const id = await contactToCheck();
    const answer = Promise.withResolvers<Finding>();
    const worker = runChecks(service.saying(() => answer.promise));
    await eventually(() => expect(service.checked).toEqual(['ada@kith.test']));
    const stopped = worker[Symbol.asyncDispose]();
    setTimeout(() => answer.resolve({ says: 'pass' }), 100);
    await stopped;
    expect(await service.verdictsOn(id)).toEqual(['email 1 valid []']);
  });

  test('postpone in one batch the checks that go unanswered at the same moment', async () => {
    const ids = Array.from({ length: 100 }, service.newContact);
    const batches: number[] = [];
    const postpone: typeof service.openChecks.postpone = (all) => {
      batches.push(all.length);
      return service.openChecks.postpone(all);
    };
    const openChecks = { ...service.openChecks, postpone };
    const answer = Promise.withResolvers<Finding>();
    await service.take(...ids.map((id) => created(id, { email: `${id}@kith.test` })));
    {
      await using _worker = runChecks({ ...service.saying(() => answer.promise), openChecks });
      await eventually(() => expect(service.checked).toHaveLength(100));
      answer.resolve({ says: 'unanswered', reason: 'dns_timeout' });
    }
    expect(batches.length).toBeLessThan(5);
    expect(await service.claim()).toEqual([]);
    service.later(500);
    expect(await service.round(service.passing)).toBe(32);
  });

  test('outlive a database that is away', async () => {
    const id = await contactToCheck();
    let away = true;
    const { claim } = service.openChecks;
    const openChecks = {
      ...service.openChecks,
      claim: (...args: Parameters<typeof claim>) => (away ? Promise.reject(new Error('away')) : claim(...args)),
    };
    await using worker = runChecks({ ...service.passing, openChecks });
    await eventually(() => expect(service.errors).not.toEqual([]));
    away = false;
    worker.wake();
    await eventually(async () => expect(await service.verdictsOn(id)).toHaveLength(1));
  });
});
