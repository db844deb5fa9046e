import { jest } from '@jest/globals';

import { portContract } from '../testing/port-contract.ts';
import { connectKafka } from './client.ts';
import { consume } from './consumer.ts';
import { produce } from './producer.ts';

jest.setTimeout(40_000);

portContract('kafkajs', { connectKafka, produce, consume });
