import './request-queue.ts';

import { Kafka, logLevel, type RetryOptions, type SASLOptions } from 'kafkajs';
import type { Socket } from 'node:net';

import type { KafkaConfig } from '../environment.ts';
import type { Log } from '../port.ts';
import { toOurLevels } from './log.ts';
import { type Dial, openSocket } from './silent-socket.ts';

export type KafkaConnection = KafkaConfig & {
  readonly clientId: string;
  readonly log: Log;
  /** A consumer is beyond repair: the process should end and be started again. Left out, it ends by an uncaught error. */
  readonly onFatal: (error: Error) => void;
  /** Maps the address that a broker gives to the one that it really has. */
  readonly dial?: Dial;
};

/** Opens nothing yet: each producer and consumer has connections of its own and keeps trying to have them. */
export const connectKafka = (
  config: Omit<KafkaConnection, 'onFatal'> & Partial<Pick<KafkaConnection, 'onFatal'>>,
): KafkaConnection => ({
  onFatal: (error) =>
    queueMicrotask(() => {
      throw error;
    }),
  ...config,
});

/** All of them, as kafkajs' defaults are others under NODE_ENV=test; with its own a broker's restart costs 30 s, not 1. */
export const RETRY: Required<
  Pick<RetryOptions, 'retries' | 'initialRetryTime' | 'maxRetryTime' | 'factor' | 'multiplier'>
> = {
  retries: 100,
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  factor: 0.2,
  multiplier: 2,
};

export type Client = {
  readonly kafka: Kafka;
  /** Ends every connection now and for good: nothing that is still under way can be sent after this. */
  cutOff(): void;
};

/**
 * One for each producer and consumer: consumers of one client and group share the offsets they have committed, and a
 * second one clears them under the first, which then fetches nothing.
 */
export function newClient({ brokers, clientId, sasl, ssl, log, dial }: KafkaConnection, retry = RETRY): Client {
  const sockets = new Set<Socket>();
  let cut = false;
  const kafka = new Kafka({
    // Without an address kafkajs gives up at once; else it would go on trying for `retry` after it was cut off.
    brokers: () => (cut ? [] : [...brokers]),
    clientId,
    ...(sasl && { sasl: sasl as SASLOptions }),
    ...(ssl && { ssl }),
    retry,
    connectionTimeout: 3_000,
    logLevel: logLevel.INFO,
    logCreator: toOurLevels(log),
    socketFactory: (to) => {
      const socket = openSocket(dial ? { ...to, ...dial(to.host, to.port) } : to);
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      if (cut) socket.destroy(new Error('cut off'));
      return socket;
    },
  });
  return {
    kafka,
    cutOff() {
      cut = true;
      for (const socket of sockets) socket.destroy(new Error('cut off'));
    },
  };
}
