import { z } from 'zod';

import { numericId, workspaceId } from '../values.ts';

export const ofContact = { contactId: numericId, workspaceId };

/**
 * What remains to be told of an event whose person was erased before it was published, or that cannot be published as it is: ids only. The
 * sequence stays whole.
 */
export const shell = z.strictObject(ofContact);
