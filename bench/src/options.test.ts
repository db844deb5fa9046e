import { describe, expect, test } from '@jest/globals';

import { readOptions, readPeer } from './options.ts';

const GOALS = ['idle', 'read', 'create'];
const read = (...argv: string[]) => readOptions(argv, '/here', GOALS);

describe('the command', () => {
  test('is every goal with seven rounds of four seconds by default', () => {
    expect(read()).toMatchObject({
      command: { name: 'goals', goals: GOALS },
      rounds: 7,
      seconds: 4,
      pause: 5,
      connections: [1, 8, 32],
      peers: [],
    });
  });

  test('is the named goals in the order of the list', () => {
    expect(read('create', 'idle').command).toEqual({ name: 'goals', goals: ['idle', 'create'] });
  });

  test('versus measures every job beside another checkout by default', () => {
    expect(read('versus', '--against', '../other', '--connections', '8').command).toEqual({
      name: 'versus',
      against: '/other',
      jobs: ['create', 'read', 'idle'],
    });
  });

  test('report measures nothing', () => {
    expect(read('report', 'a.json', '/b.json').command).toEqual({ name: 'report', files: ['/here/a.json', '/b.json'] });
  });
});

describe('unusable input is refused in a sentence', () => {
  test.each([
    ['an unknown goal', ['raed'], 'There is no goal raed: idle, read, create.'],
    ['an unknown job of versus', ['versus', '--against', '.', 'search'], 'There is no job of versus search'],
    ['versus nothing', ['versus'], 'versus wants --against CHECKOUT.'],
    ['a checkout without versus', ['read', '--against', '.'], '--against is for versus.'],
    ['a report of nothing', ['report'], 'report wants the files'],
    ['no round', ['--rounds', '0'], "--rounds must be a whole number over 0; it is '0'."],
    ['no number', ['--seconds', 'four'], "--seconds must be a number over 0; it is 'four'."],
    ['a negative pause', ['--pause=-1'], "--pause must be a number, 0 or more; it is '-1'."],
    ['half a connection', ['--connections', '1,0.5'], "--connections must be a whole number over 0; it is '0.5'."],
    ['an unknown option', ['--sekonds', '1'], "Unknown option '--sekonds'. See npm run bench -- --help"],
  ])('%s', (_, argv, sentence) => {
    expect(() => read(...argv)).toThrow(sentence);
  });
});

describe('a peer', () => {
  test('consists of its API, its address, and everything after the comma', () => {
    expect(readPeer('listmonk=http://127.0.0.1:9000/,bench:a,b=c')).toMatchObject({
      api: { name: 'listmonk' },
      url: 'http://127.0.0.1:9000',
      credential: 'bench:a,b=c',
    });
  });

  test.each([
    ['without a credential', 'listmonk=http://127.0.0.1:9000', '--peer wants API=URL,USER:TOKEN.'],
    ['without an API', 'http://127.0.0.1:9000,bench:secret', '--peer wants API=URL,USER:TOKEN.'],
    ['with an API that bench does not speak', 'mautic=http://127.0.0.1,bench:secret', 'listmonk, not mautic.'],
    ['without an address', 'listmonk=here,bench:secret', 'the address must be a URL.'],
    ['on another machine', 'listmonk=http://10.0.0.7:9000,bench:secret', 'on this machine'],
    ['behind TLS', 'listmonk=https://localhost:9000,bench:secret', 'on this machine'],
  ])('%s is refused, and its secret is not repeated', (_, text, sentence) => {
    expect(() => readPeer(text)).toThrow(sentence);
    expect(() => readPeer(text)).not.toThrow('secret');
  });
});
