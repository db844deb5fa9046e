import { copyFileSync, closeSync, fstatSync, openSync, readSync, truncateSync } from 'node:fs';
import { basename } from 'node:path';

import type { Progress } from '../process/way.ts';

const INTERVAL = 1000;
/** A service uses at most twice this: its log and the one set aside. */
const LARGEST = 20 * 1024 * 1024;

/** Reports the errors in the services' logs, and keeps the logs from growing without end. */
export function watchLogs(files: readonly string[], log: Progress): Disposable & { readonly look: () => void } {
  const seen = new Map<string, number>();

  const look = () => {
    for (const file of files) {
      const { text, size } = read(file, seen.get(file) ?? 0);
      // Read whole lines only; the rest of the last line comes later.
      const whole = text.lastIndexOf('\n') + 1;
      seen.set(file, size - (text.length - whole));
      const errors = text.slice(0, whole).split('\n').flatMap(errorIn);
      if (errors.length > 0) log(`${basename(file, '.log')}: ${errors[0]}${more(errors.length)} (${file})`);
      if (size > LARGEST) setAside(file, seen);
    }
  };
  const timer = setInterval(look, INTERVAL).unref();
  return { look, [Symbol.dispose]: () => clearInterval(timer) };
}

// Latin-1 maps each byte to one character, so positions in the text are positions in the file.
function read(file: string, from: number): { text: string; size: number } {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return { text: '', size: 0 };
  }
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.max(0, size - from));
    const length = readSync(descriptor, bytes, 0, bytes.length, from);
    return { text: bytes.toString('latin1', 0, length), size: from + length };
  } finally {
    closeSync(descriptor);
  }
}

/** The file is truncated, not renamed: the service has opened it for appending and goes on writing to it. */
function setAside(file: string, seen: Map<string, number>): void {
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
  seen.set(file, 0);
}

/** pino's level 50 is an error, 60 is fatal. */
function errorIn(line: string): string[] {
  if (!/^\{"level":[56]0,/.test(line)) return [];
  try {
    const { msg = '', err } = JSON.parse(Buffer.from(line, 'latin1').toString()) as {
      msg?: string;
      err?: { message?: string };
    };
    return [err?.message === undefined || msg.includes(err.message) ? msg : `${msg}: ${err.message}`];
  } catch {
    return [];
  }
}

const more = (count: number) => (count > 1 ? `, and ${count - 1} more` : '');
