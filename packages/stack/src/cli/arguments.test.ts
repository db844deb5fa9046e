import { describe, expect, test } from '@jest/globals';

import { readArguments } from './arguments.ts';

test('without arguments it is port 3000 and .kith beside the code', () => {
  expect(readArguments([], {})).toMatchObject({
    json: false,
    fresh: false,
    port: 3000,
    home: expect.stringMatching(/\/\.kith$/),
  });
});

test('a variable that is set to nothing is not set', () => {
  const { port, env } = readArguments(['--json'], { PORT: '', DATABASE_URL: '' });
  expect(port).toBe(3000);
  expect(env).toEqual({});
});

describe('what cannot be meant is said in a sentence', () => {
  test.each([
    ['an unknown flag', ['--jsno'], {}, "Unknown option '--jsno'. What there is: npm start -- --help"],
    ['a word', ['now'], {}, "Unexpected argument 'now'. What there is: npm start -- --help"],
    ['no port', [], { PORT: 'http' }, "PORT must be a number from 0 to 65535; it is 'http'."],
    ['too high a port', [], { PORT: '65536' }, "PORT must be a number from 0 to 65535; it is '65536'."],
    ['an operator key to guess', [], { OPERATOR_KEY: 'secret' }, 'OPERATOR_KEY must have at least 32 characters.'],
    ['forgetting what others keep', ['--fresh'], { DATABASE_URL: 'postgres://x' }, '--fresh forgets only what'],
  ])('%s', (_, argv, env, sentence) => {
    expect(() => readArguments(argv, env)).toThrow(sentence);
  });
});
