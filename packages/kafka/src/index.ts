export { kafkaEnvironment, toKafkaConfig, type KafkaConfig } from './environment.ts';
export { connectKafka, type KafkaConnection } from './kafkajs/client.ts';
export { consume } from './kafkajs/consumer.ts';
export { produce } from './kafkajs/producer.ts';
export {
  type Consumer,
  type Incoming,
  type Log,
  MessageRefused,
  type Outgoing,
  type ParkedMessage,
  type ParkingLot,
  type Producer,
  type Subscription,
} from './port.ts';
