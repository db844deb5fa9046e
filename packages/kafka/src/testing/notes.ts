import type { Topic } from '@kith/contracts/topics';
import { z } from 'zod';

import type { Outgoing } from '../port.ts';

const noteEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Noted'), data: z.object({ text: z.string() }) }),
]);
export type NoteEvent = z.infer<typeof noteEvent>;

/** A topic of the tests' own under the name of one that `testTopics` makes. */
export const noteTopic: Topic<NoteEvent> = { name: 'contacts.v1', schema: noteEvent, types: ['Noted'] };

export const noted = (key: string, sequence: number, text = `${key}/${sequence}`): Outgoing<NoteEvent> => ({
  key,
  id: `note-${key}-${sequence}`,
  source: '/kith/tests',
  subject: `notes/${key}`,
  time: new Date('2026-11-21T08:00:00Z'),
  sequence,
  event: { type: 'Noted', data: { text } },
});
