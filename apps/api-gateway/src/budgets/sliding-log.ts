import { defineScript } from 'redis';

import type { Limited, Log } from './rate-limit.ts';

/**
 * A sorted set for each key and window, scored by Redis' own time in ms: the clocks of the gateways need not agree. A script runs
 * alone, so a call counts in all of the windows or in none. What is `next` is in `nextOf`.
 */
const SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local allowed = 1
for i, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ARGV[2 * i + 1])
  if redis.call('ZCARD', key) >= tonumber(ARGV[2 * i]) then allowed = 0 end
end
local answer = { allowed, now }
for i, key in ipairs(KEYS) do
  if allowed == 1 then
    redis.call('ZADD', key, now, ARGV[1])
    redis.call('PEXPIRE', key, ARGV[2 * i + 1])
  end
  local calls = redis.call('ZCARD', key)
  local rank = math.max(0, calls - ARGV[2 * i])
  local next = redis.call('ZRANGE', key, rank, rank, 'WITHSCORES')
  answer[#answer + 1] = calls
  answer[#answer + 1] = next[2] and tonumber(next[2]) or false
end
return answer`;

export type Counted = { readonly allowed: boolean; readonly now: number; readonly logs: readonly Log[] };

export const slidingLog = defineScript({
  SCRIPT,
  // The braces keep what is taken together in one slot of a cluster: a workspace and all its tokens.
  parseCommand(parser, call: string, workspaceId: string, windows: readonly Limited[]) {
    parser.pushKeysLength(windows.map(({ name, of }) => `kith:rate:{${workspaceId}}:${of}:${name}`));
    parser.push(call, ...windows.flatMap(({ limit, seconds }) => [String(limit), String(seconds * 1000)]));
  },
  transformReply([allowed, now, ...rest]: [number, number, ...(number | null)[]]): Counted {
    const logs = Array.from({ length: rest.length / 2 }, (_, n) => ({
      calls: rest[2 * n] ?? 0,
      next: rest[2 * n + 1] ?? undefined,
    }));
    return { allowed: allowed === 1, now, logs };
  },
});
