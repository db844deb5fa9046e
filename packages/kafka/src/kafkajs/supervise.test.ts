import { expect, jest, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';

import { supervise } from './supervise.ts';

type Signs = Parameters<Parameters<typeof supervise>[0]['open']>[0];

function supervised({
  kafkaAnswers,
  begin,
}: {
  kafkaAnswers: boolean;
  begin?: (signs: Signs, opened: number) => void;
}) {
  const log: string[] = [];
  let opened = 0;
  const onFatal = jest.fn<(error: Error) => void>();
  const supervision = supervise({
    open: (signs) => {
      log.push('open');
      begin?.(signs, ++opened);
      return { close: async () => void log.push('close') };
    },
    kafkaAnswers: async () => kafkaAnswers,
    isRefusal: ({ message }) => message === 'refused',
    onRefusal: () => log.push('refused'),
    onRebuild: () => log.push('rebuild'),
    onFatal,
    patience: 30,
    checkEvery: 5,
    refusalPause: 1,
  });
  return { supervision, log, onFatal };
}

test('a consumer that shows no sign of life while Kafka answers is replaced, the old one closed first', async () => {
  const { supervision, log } = supervised({ kafkaAnswers: true });
  await eventually(() => expect(log.slice(0, 4)).toEqual(['open', 'rebuild', 'close', 'open']));
  await supervision[Symbol.asyncDispose]();
});

test('a consumer that has ended for good is replaced at once', async () => {
  const { supervision, log } = supervised({
    kafkaAnswers: false,
    begin: ({ onEnded }, opened) => opened === 1 && onEnded(new Error('ended')),
  });
  await eventually(() => expect(log).toEqual(['open', 'rebuild', 'close', 'open']));
  await supervision[Symbol.asyncDispose]();
});

test('when the third replacement is no better, the process is told to end, once', async () => {
  const { supervision, log, onFatal } = supervised({ kafkaAnswers: true });
  await eventually(() => expect(onFatal).toHaveBeenCalledTimes(1));
  expect(log.filter((line) => line === 'rebuild')).toHaveLength(3);
  await supervision[Symbol.asyncDispose]();
});

test('a consumer that Kafka refuses is opened again for as long as that lasts, and the process lives', async () => {
  const { supervision, log, onFatal } = supervised({
    kafkaAnswers: true,
    begin: ({ onEnded, onSignOfLife }, opened) => (opened < 8 ? onEnded(new Error('refused')) : onSignOfLife()),
  });
  const again = ['refused', 'close', 'open'];
  await eventually(() => expect(log).toEqual(['open', ...Array.from({ length: 7 }, () => again).flat()]));
  expect(onFatal).not.toHaveBeenCalled();
  await supervision[Symbol.asyncDispose]();
});

test('while Kafka itself is away, nothing is replaced', async () => {
  const asked = jest.fn(async () => false);
  const rebuilt = jest.fn();
  const supervision = supervise({
    open: () => ({ close: async () => {} }),
    kafkaAnswers: asked,
    isRefusal: () => false,
    onRefusal: rebuilt,
    onRebuild: rebuilt,
    onFatal: rebuilt,
    patience: 1,
    checkEvery: 1,
  });
  await eventually(() => expect(asked.mock.calls.length).toBeGreaterThan(10));
  await supervision[Symbol.asyncDispose]();
  expect(rebuilt).not.toHaveBeenCalled();
});
