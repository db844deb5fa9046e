export { kafkaEnvironment, toKafkaConfig, type KafkaConfig } from './environment.ts';
export { connectKafka, type KafkaConnection } from './kafkajs/client.ts';
export { consume } from './kafkajs/consumer.ts';
export { produce } from './kafkajs/producer.ts';
export type { Consumer, Incoming, Log, Outgoing, ParkedMessage, ParkingLot, Producer, Subscription } from './port.ts';
