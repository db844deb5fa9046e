import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { z } from 'zod';

/** Reads the lines in batches. Throws at the first that is not what it should be, and names its number. */
export async function* readLines<Line>(input: Readable, schema: z.ZodType<Line>, batch = 500): AsyncGenerator<Line[]> {
  let lines: Line[] = [];
  let number = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    number++;
    if (text.trim() === '') continue;
    lines.push(parsed(text, schema, number));
    if (lines.length < batch) continue;
    yield lines;
    lines = [];
  }
  if (lines.length > 0) yield lines;
}

export async function writeLines(output: Writable, lines: readonly object[]): Promise<void> {
  if (lines.length === 0) return;
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  await new Promise<void>((resolve, reject) => output.write(text, (error) => (error ? reject(error) : resolve())));
}

function parsed<Line>(text: string, schema: z.ZodType<Line>, number: number): Line {
  const { data, error } = schema.safeParse(jsonOf(text));
  if (error) throw new Error(`Line ${number} is not usable.\n${z.prettifyError(error)}`);
  return data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
