import { describe, expect, test } from '@jest/globals';

import { readArguments } from './arguments.ts';

test('the defaults are port 3000 and .kith beside the code', () => {
  expect(readArguments([], {})).toMatchObject({
    json: false,
    fresh: false,
    port: 3000,
    home: expect.stringMatching(/\/\.kith$/),
  });
});

test('an empty variable counts as not set', () => {
  const { port, env } = readArguments(['--json'], { PORT: '', DATABASE_URL: '' });
  expect(port).toBe(3000);
  expect(env).toEqual({});
});

describe('unusable input is refused in a sentence', () => {
  test.each([
    ['an unknown flag', ['--jsno'], {}, "Unknown option '--jsno'. See npm start -- --help"],
    ['a word', ['now'], {}, "Unexpected argument 'now'. See npm start -- --help"],
    ['a port that is no number', [], { PORT: 'http' }, "PORT must be a number from 0 to 65535; it is 'http'."],
    ['a port that is too high', [], { PORT: '65536' }, "PORT must be a number from 0 to 65535; it is '65536'."],
    [
      'an operator key that can be guessed',
      [],
      { OPERATOR_KEY: 'secret' },
      'OPERATOR_KEY must have at least 32 characters.',
    ],
    [
      '--fresh with a database of your own',
      ['--fresh'],
      { DATABASE_URL: 'postgres://x' },
      '--fresh deletes only the data',
    ],
  ])('%s', (_, argv, env, sentence) => {
    expect(() => readArguments(argv, env)).toThrow(sentence);
  });
});
