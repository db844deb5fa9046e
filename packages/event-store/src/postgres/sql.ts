import { hash } from 'node:crypto';

/** A statement with placeholders from $1, and their values. */
export type Sql = { readonly text: string; readonly values: readonly unknown[] };

/**
 * One statement out of several, each a CTE of its own: all see the same snapshot and share one fate.
 * `undefined` parts are left out.
 */
export function allInOne(parts: readonly (Sql | undefined)[]): Sql {
  const values: unknown[] = [];
  const texts: string[] = [];
  for (const part of parts) {
    if (!part) continue;
    const offset = values.length;
    texts.push(part.text.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + offset}`));
    values.push(...part.values);
  }
  return { text: `with ${texts.map((text, n) => `part${n} as (${text})`).join(',\n')}\nselect 1`, values };
}

const names = new Map<string, string>();

/** The statement under a name, so that Postgres plans it once per connection. For texts of which there are few. */
export function prepared({ text, values }: Sql): { name: string; text: string; values: unknown[] } {
  let name = names.get(text);
  if (!name) names.set(text, (name = hash('sha256', text, 'hex').slice(0, 32)));
  return { name, text, values: [...values] };
}
