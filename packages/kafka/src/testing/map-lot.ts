import type { ParkedMessage, ParkingLot } from '../port.ts';

/** A lot in memory, and what an operator does with it. */
export function mapLot(): ParkingLot & {
  readonly parked: () => readonly ParkedMessage[];
  readonly retryAll: () => void;
} {
  const parked = new Map<string, ParkedMessage>();
  const due = new Set<string>();
  const idOf = ({ topic, partition, offset }: ParkedMessage) => `${topic}/${partition}/${offset}`;
  const inOrder = () => [...parked.values()].toSorted((a, b) => Number(a.offset) - Number(b.offset));

  return {
    parked: inOrder,
    retryAll: () => parked.forEach((_, id) => due.add(id)),
    parkedKeys: async (keys) => new Set(keys.filter((key) => inOrder().some((message) => message.key === key))),
    park: async (messages) => {
      for (const message of messages) if (!parked.has(idOf(message))) parked.set(idOf(message), message);
    },
    due: async () => inOrder().filter((message) => due.has(idOf(message))),
    release: async (message) => {
      parked.delete(idOf(message));
      due.delete(idOf(message));
    },
    keep: async (message) => {
      parked.set(idOf(message), message);
      due.delete(idOf(message));
    },
  };
}
