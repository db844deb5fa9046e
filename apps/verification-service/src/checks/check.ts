import type { VerificationStatus } from '@kith/contracts/contacts';

/** The reason for a verdict. These words are published, so they never change. */
export type Reason =
  | 'syntax'
  | 'reserved_domain'
  | 'disposable_domain'
  | 'role_account'
  | 'domain_typo'
  | 'no_such_domain'
  | 'null_mail_exchanger'
  | 'no_mail_exchanger'
  | 'dns_timeout'
  | 'dns_failure'
  | 'not_a_possible_number'
  | 'not_a_valid_number'
  | 'no_country_code'
  | 'check_failed'
  | 'no_answer';

/** The details of a finding, which are kept for good: never the value or a part of it that could name a person. */
export type Details = Readonly<Record<string, string>>;

/** The answer of a check about a value. */
export type Finding =
  /** Nothing speaks against the value: the next check runs. */
  | { readonly says: 'pass'; readonly details?: Details }
  /** The value may work all the same: the doubt is kept, and the next check runs. */
  | { readonly says: 'doubt'; readonly reason: Reason; readonly details?: Details }
  /** The status is certain: no other check runs. */
  | { readonly says: 'settled'; readonly status: SettledStatus; readonly reason: Reason; readonly details?: Details }
  /** The name server did not answer; the check may run again. */
  | { readonly says: 'unanswered'; readonly reason: Reason; readonly details?: Details };

export type SettledStatus = Extract<VerificationStatus, 'invalid' | 'disposable' | 'unknown'>;

/** The party that a check asks: nobody outside this process, or name servers, which may be slow. */
export type Answerer = 'nobody' | 'dns';

export type Check = {
  readonly name: string;
  /** The version of the list or metadata that the check uses, if any. */
  readonly version?: string;
} & (
  | { readonly asks: Extract<Answerer, 'nobody'>; readonly ask: (value: string) => Finding }
  | { readonly asks: Exclude<Answerer, 'nobody'>; readonly ask: (value: string) => Promise<Finding> }
);

/** The record of a check that ran. */
export type Evidence = {
  readonly check: string;
  readonly version?: string;
  readonly says: Finding['says'];
  readonly details?: Details;
};

export type Assessment = {
  readonly status: SettledStatus | 'valid' | 'risky';
  /** False where a name server did not answer: `status` then counts only if none ever does. */
  readonly answered: boolean;
  readonly reasons: readonly Reason[];
  readonly evidence: readonly Evidence[];
};

/** The first check that is certain decides. A value is valid where no check doubts it, and risky where one does. */
export async function verify(value: string, checks: readonly Check[]): Promise<Assessment> {
  const evidence: Evidence[] = [];
  const reasons: Reason[] = [];
  for (const { name, version, ask } of checks) {
    const finding = await ask(value);
    const { says, details } = finding;
    evidence.push({ check: name, ...(version && { version }), says, ...(details && { details }) });
    switch (finding.says) {
      case 'pass':
        continue;
      case 'doubt':
        reasons.push(finding.reason);
        continue;
      case 'settled':
        return { status: finding.status, answered: true, reasons: [...reasons, finding.reason], evidence };
      case 'unanswered':
        return { status: 'unknown', answered: false, reasons: [...reasons, finding.reason], evidence };
    }
  }
  return { status: reasons.length > 0 ? 'risky' : 'valid', answered: true, reasons, evidence };
}

/** The answerer that the checks need before they reach a verdict on this value. */
export function whomToAsk(value: string, checks: readonly Check[]): Answerer {
  for (const check of checks) {
    if (check.asks !== 'nobody') return check.asks;
    if (isSettledBy(value, check.ask)) return 'nobody';
  }
  return 'nobody';
}

function isSettledBy(value: string, ask: (value: string) => Finding): boolean {
  try {
    return ask(value).says === 'settled';
  } catch {
    // The attempt reports a broken check.
    return true;
  }
}
