import { dialectName, type DialectName, Problem } from '@kith/contracts';
import { type Limits, planName, type PlanName } from '@kith/contracts/tokens';
import type { Decider } from '@kith/event-store';
import { z } from 'zod';

import { effectiveTerms, type Plans, sameOverrides } from '../plan/terms.ts';

// Plain types, and none of the rules for what may be written: those may be tightened, and what was stored before them is still read.
const calls = z.int().nullable();
const limits = z.object({
  native: z.object({ readsPerMinute: calls, writesPerMinute: calls }).partial().optional(),
  wisepops: z.object({ callsPer30Days: calls }).partial().optional(),
  leadconnector: z.object({ callsPer10Seconds: calls, callsPerDay: calls }).partial().optional(),
  consuelo: z.object({ callsPerMinute: calls, callsPerDay: calls }).partial().optional(),
  waply: z.object({ callsPerMinute: calls }).partial().optional(),
}) satisfies z.ZodType<Limits>;
const apiAccess = z.array(dialectName);
const terms = { plan: planName, limits: limits.nullable(), apiAccess: apiAccess.nullable() };
const workspace = z.object({ id: z.string(), name: z.string() });
type Workspace = z.infer<typeof workspace>;

export const accountEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('AccountCreated'),
    data: z.object({ accountId: z.string(), name: z.string(), ...terms, workspace }),
  }),
  z.object({ type: z.literal('AccountRenamed'), data: z.object({ name: z.string() }) }),
  z.object({
    type: z.literal('AccountPlanChanged'),
    // `effective` keeps the terms of that moment: the topic carries them.
    data: z.object({ ...terms, effective: z.object({ limits, apiAccess }) }),
  }),
]);
export type AccountEvent = z.infer<typeof accountEvent>;

export type AccountCommand =
  | {
      type: 'CreateAccount';
      id: string;
      name: string;
      plan: PlanName;
      limits: Limits | null;
      apiAccess: DialectName[] | null;
      workspace: Workspace;
    }
  /** Undefined leaves a field as it is; null goes back to the plan's terms. It carries all plans: only the state knows the account's own. */
  | {
      type: 'ChangeAccount';
      name: string | undefined;
      plan: PlanName | undefined;
      limits: Limits | null | undefined;
      apiAccess: DialectName[] | null | undefined;
      plans: Plans;
    };

export type OpenAccount = {
  readonly status: 'open';
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly plan: PlanName;
  readonly limits: Limits | null;
  readonly apiAccess: DialectName[] | null;
  readonly workspaces: readonly Workspace[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
export type AccountState = { readonly status: 'absent' } | OpenAccount;

export const account: Decider<AccountState, AccountCommand, AccountEvent> = {
  initial: { status: 'absent' },

  decide(command, state) {
    switch (command.type) {
      case 'CreateAccount': {
        if (state.status !== 'absent') throw new Problem('conflict', 'This account exists already.');
        const { type: _, id: accountId, ...data } = command;
        return [{ type: 'AccountCreated', data: { accountId, ...data } }];
      }
      case 'ChangeAccount': {
        if (state.status !== 'open') throw new Problem('not-found', 'No such account.');
        return [...renamed(command, state), ...planChanged(command, state)];
      }
    }
  },

  evolve(state, event) {
    const { version, recordedAt } = event;
    if (event.type === 'AccountCreated') {
      const { accountId: id, workspace: first, ...data } = event.data;
      return {
        status: 'open',
        id,
        version,
        ...data,
        workspaces: [first],
        createdAt: recordedAt,
        updatedAt: recordedAt,
      };
    }
    if (state.status !== 'open') return state;
    switch (event.type) {
      case 'AccountRenamed':
        return { ...state, version, name: event.data.name, updatedAt: recordedAt };
      case 'AccountPlanChanged': {
        const { plan, limits: ownLimits, apiAccess: ownAccess } = event.data;
        return { ...state, version, plan, limits: ownLimits, apiAccess: ownAccess, updatedAt: recordedAt };
      }
    }
  },
};

type Change = Extract<AccountCommand, { type: 'ChangeAccount' }>;

const renamed = ({ name }: Change, state: OpenAccount): AccountEvent[] =>
  name === undefined || name === state.name ? [] : [{ type: 'AccountRenamed', data: { name } }];

function planChanged(command: Change, state: OpenAccount): AccountEvent[] {
  const plan = command.plan ?? state.plan;
  const own = {
    limits: command.limits === undefined ? state.limits : command.limits,
    apiAccess: command.apiAccess === undefined ? state.apiAccess : command.apiAccess,
  };
  if (plan === state.plan && sameOverrides(own, state)) return [];
  const effective = effectiveTerms(command.plans[plan], own);
  return [{ type: 'AccountPlanChanged', data: { plan, ...own, effective } }];
}
