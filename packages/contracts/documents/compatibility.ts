import type { JsonSchema } from './payload-schema.ts';

/**
 * Lists the changes from a released schema to the current one that are not additive and optional. They break a subscriber that knows the
 * released schema, or a reader of messages written under it. Each entry says where and what. An enum may gain values.
 */
export function breaches(released: JsonSchema, current: JsonSchema, path = 'data'): string[] {
  return [
    ...ofKeywords(released, current, path),
    ...ofValues(valuesOf(released), valuesOf(current), path),
    ...ofProperties(released, current, path),
    ...ofAlternatives(alternativesOf(released), alternativesOf(current), path),
  ];
}

/** Say nothing of what a message may be. */
const ANNOTATIONS = new Set(['$schema', 'title', 'description', 'examples', 'default', 'deprecated']);
/** Compared by what they mean, below. */
const STRUCTURE = new Set(['enum', 'const', 'properties', 'required', 'anyOf', 'oneOf']);

function ofKeywords(released: JsonSchema, current: JsonSchema, path: string): string[] {
  const keywords = new Set([...Object.keys(released), ...Object.keys(current)]);
  return [...keywords.difference(ANNOTATIONS).difference(STRUCTURE)].flatMap((keyword) => {
    const [before, after] = [released[keyword], current[keyword]];
    if (isSchema(before) && isSchema(after)) {
      return breaches(before, after, keyword === 'items' ? `${path}[]` : `${path}.(${keyword})`);
    }
    return same(before, after) ? [] : [`${path}: its ${keyword} was ${show(before)}, and is ${show(after)}`];
  });
}

type Values = readonly unknown[] | undefined;

const valuesOf = ({ enum: values, const: only }: JsonSchema): Values => values ?? (only === undefined ? only : [only]);

function ofValues(before: Values, after: Values, path: string): string[] {
  if (!before || !after) return before === after ? [] : [`${path}: was ${oneOf(before)}, and is ${oneOf(after)}`];
  return before.filter((value) => !after.includes(value)).map((value) => `${path}: may no longer be ${show(value)}`);
}

function ofProperties(released: JsonSchema, current: JsonSchema, path: string): string[] {
  const [before, after] = [released.properties ?? {}, current.properties ?? {}];
  const [needed, needs] = [new Set(released.required), new Set(current.required)];
  const kept = Object.entries(before).flatMap(([name, schema]) => {
    const at = `${path}.${name}`;
    const now = after[name];
    if (now === undefined) return [`${at}: is gone`];
    return [
      ...(needed.has(name) && !needs.has(name) ? [`${at}: was always there, and may now be left out`] : []),
      ...(!needed.has(name) && needs.has(name) ? [`${at}: was optional, and is required`] : []),
      ...(isSchema(schema) && isSchema(now) ? breaches(schema, now, at) : []),
    ];
  });
  const gained = [...needs].filter((name) => !(name in before));
  return [...kept, ...gained.map((name) => `${path}.${name}: is new and required, and published events lack it`)];
}

type Alternatives = readonly JsonSchema[];

const alternativesOf = ({ anyOf, oneOf: exclusive }: JsonSchema): Alternatives =>
  [...(anyOf ?? []), ...(exclusive ?? [])].filter(isSchema);

/** Each released alternative against the current one that is nearest to it. */
function ofAlternatives(before: Alternatives, after: Alternatives, path: string): string[] {
  if (before.length !== after.length) return [`${path}: had ${before.length} alternatives, and has ${after.length}`];
  return before.flatMap(
    (released) =>
      after
        .map((current) => breaches(released, current, path))
        .toSorted((a, b) => a.length - b.length)
        .at(0) ?? [],
  );
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const show = (value: unknown) => (value === undefined ? 'not said' : JSON.stringify(value));
const oneOf = (values: Values) => (values ? `one of ${values.map(show).join(', ')}` : 'anything');
