import type { ParkedMessage, ParkingLot } from '../port.ts';

/** A lot in memory, with what an operator and an erasure do to it. Failed messages are due when an operator asks. */
export function mapLot(): ParkingLot & {
  readonly parked: () => readonly ParkedMessage[];
  readonly retryAll: () => void;
  readonly erase: (key: string) => void;
} {
  const parked = new Map<string, ParkedMessage>();
  const asked = new Set<string>();
  const erased = new Set<string>();
  const idOf = ({ topic, partition, offset }: ParkedMessage) => `${topic}/${partition}/${offset}`;
  const inOrder = () => [...parked.values()].toSorted((a, b) => Number(a.offset) - Number(b.offset));
  const isErased = ({ key }: ParkedMessage) => key !== null && erased.has(key);
  const isFirst = (message: ParkedMessage) =>
    message.key === null || inOrder().find(({ key }) => key === message.key) === message;

  return {
    parked: inOrder,
    retryAll: () => parked.forEach((_, id) => asked.add(id)),
    erase(key) {
      erased.add(key);
      for (const [id, message] of parked) if (message.key === key) parked.delete(id);
    },
    parkedKeys: async (keys) => new Set(keys.filter((key) => inOrder().some((message) => message.key === key))),
    async park(messages) {
      for (const message of messages)
        if (!isErased(message) && !parked.has(idOf(message))) parked.set(idOf(message), message);
      return erased;
    },
    due: async (topic, partitions) =>
      inOrder().filter(
        (message) =>
          message.topic === topic &&
          partitions.includes(message.partition) &&
          (message.overtakes || isFirst(message)) &&
          (message.attempts === 0 || asked.has(idOf(message))),
      ),
    async release(message) {
      parked.delete(idOf(message));
      asked.delete(idOf(message));
    },
    async keep(message) {
      asked.delete(idOf(message));
      if (isErased(message)) parked.delete(idOf(message));
      else parked.set(idOf(message), message);
    },
  };
}
