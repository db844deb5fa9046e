import { z } from 'zod';

/** WD-20: `…:00.000Z` → `…:00.000000Z`. */
export const toMicroseconds = (timestamp: string): string => timestamp.replace('Z', '000Z');

export const MICROSECONDS_EXAMPLE = '2026-06-05T13:40:00.123000Z';

export const microseconds = z.string().meta({ example: MICROSECONDS_EXAMPLE, format: 'date-time' });
