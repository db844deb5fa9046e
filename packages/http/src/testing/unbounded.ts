/** The part of JSON Schema that zod and our OpenAPI document use. */
export type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly maxProperties?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
};

type Resolve = (ref: string) => JsonSchema;

const noRefs: Resolve = (ref) => {
  throw new Error(`Nothing is known of ${ref}.`);
};

/** The places in a schema, below `at`, where a string, an array or an object may be of any size. */
export function unboundedIn(schema: JsonSchema, at: string, resolve: Resolve = noRefs): string[] {
  if (schema.$ref !== undefined) return unboundedIn(resolve(schema.$ref), at, resolve);
  if (schema.enum !== undefined || schema.const !== undefined) return [];
  if (schema.type === undefined) {
    const options = schema.anyOf ?? schema.oneOf;
    if (!options) return [`${at}: may be anything`];
    return options.flatMap((option) => unboundedIn(option, at, resolve));
  }
  return [schema.type].flat().flatMap((type) => {
    switch (type) {
      case 'string':
        return schema.maxLength === undefined ? [`${at}: a string without maxLength`] : [];
      case 'array':
        return unboundedArray(schema, at, resolve);
      case 'object':
        return unboundedObject(schema, at, resolve);
      default:
        return [];
    }
  });
}

function unboundedArray({ maxItems, items = {} }: JsonSchema, at: string, resolve: Resolve): string[] {
  const own = maxItems === undefined ? [`${at}: an array without maxItems`] : [];
  return [...own, ...unboundedIn(items, `${at}[]`, resolve)];
}

function unboundedObject(schema: JsonSchema, at: string, resolve: Resolve): string[] {
  const { properties = {}, additionalProperties = false, propertyNames = {}, maxProperties } = schema;
  const known = Object.entries(properties).flatMap(([name, member]) => unboundedIn(member, `${at}.${name}`, resolve));
  if (additionalProperties === false) return known;
  const own = maxProperties === undefined ? [`${at}: an object of any members without maxProperties`] : [];
  const value = additionalProperties === true ? {} : additionalProperties;
  return [
    ...known,
    ...own,
    ...unboundedIn({ type: 'string', ...propertyNames }, `${at}'s names`, resolve),
    ...unboundedIn(value, `${at}.*`, resolve),
  ];
}
