import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The JSON Schema of an event's data, as a subscriber may rely on it. Draft 7, which AsyncAPI and every generator read. */
export const payloadSchema = (data: z.ZodType): JsonSchema => {
  const { '~standard': _, ...schema } = z.toJSONSchema(data, {
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      // Later releases add properties: a subscriber that refused them could not be told anything new.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      // zod's own pattern for a date says what `format` says, and may be written otherwise by its next release.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      // A default says what is written when a client leaves a field out. In an event every field is there.
      delete jsonSchema.default;
    },
  });
  return schema;
};
