import { z } from 'zod';

import { numericId, workspaceId } from '../values.ts';

export const ofContact = { contactId: numericId, workspaceId };

/**
 * The ids of an event. They are published in its place when its person was erased before it was published, or when it cannot be published
 * as it is. The sequence stays whole.
 */
export const shell = z.strictObject(ofContact);
