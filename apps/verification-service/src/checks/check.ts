import type { VerificationStatus } from '@kith/contracts/contacts';

/** Why a verdict is what it is, in words that stay the same: they are published. */
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

/** What a check went by and found, to be kept for good: never the value or a part of it that could name a person. */
export type Details = Readonly<Record<string, string>>;

/** What a check says of a value. */
export type Finding =
  /** Nothing against it: the next check is asked. */
  | { readonly says: 'pass'; readonly details?: Details }
  /** The value may well work: remembered, and the next check is asked. */
  | { readonly says: 'doubt'; readonly reason: Reason; readonly details?: Details }
  /** That settles it. */
  | { readonly says: 'settled'; readonly status: SettledStatus; readonly reason: Reason; readonly details?: Details }
  /** Whom it asked did not answer; it may be asked again. */
  | { readonly says: 'unanswered'; readonly reason: Reason; readonly details?: Details };

export type SettledStatus = Extract<VerificationStatus, 'invalid' | 'disposable' | 'unknown'>;

/** Who answers a check: nobody outside this process, or name servers, which may be slow. */
export type Asked = 'nobody' | 'dns';

export type Check = {
  readonly name: string;
  /** Of the list or the metadata that it goes by, if any. */
  readonly version?: string;
} & (
  | { readonly asks: Extract<Asked, 'nobody'>; readonly ask: (value: string) => Finding }
  | { readonly asks: Exclude<Asked, 'nobody'>; readonly ask: (value: string) => Promise<Finding> }
);

/** A check that was asked, for the record. */
export type Evidence = {
  readonly check: string;
  readonly version?: string;
  readonly says: Finding['says'];
  readonly details?: Details;
};

export type Assessment = {
  readonly status: SettledStatus | 'valid' | 'risky';
  /** False where a check found nobody who answers: then `status` is only what there is to say if nobody ever does. */
  readonly answered: boolean;
  readonly reasons: readonly Reason[];
  readonly evidence: readonly Evidence[];
};

/** The first check that is sure decides; what none of them objects to is valid, what some of them doubt is risky. */
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

/** Whom the checks ask before they come to a verdict on this value. */
export function whomToAsk(value: string, checks: readonly Check[]): Asked {
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
    // A broken check ends the attempt, which reports it.
    return true;
  }
}
