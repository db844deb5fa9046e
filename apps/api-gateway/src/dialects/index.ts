import { native } from '../native/index.ts';
import type { Dialects } from './dialect.ts';
import { wisedata } from './wisedata/index.ts';

export const dialects: Dialects = [native, wisedata];
