/** The reason why a request cannot be served, in words the caller may see. `@kith/http` gives each kind its status. */
export type ProblemKind =
  | 'malformed'
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'precondition-failed'
  | 'gone'
  | 'rate-limited'
  | 'unavailable';

/** The complaints about a request, by the name of the field. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  readonly errors: FieldErrors | undefined;
  /** Seconds after which it is worth trying again. */
  readonly retryAfter: number | undefined;

  constructor(
    kind: ProblemKind,
    detail: string,
    options?: ErrorOptions & { readonly errors?: FieldErrors; readonly retryAfter?: number },
  ) {
    super(detail, options);
    this.kind = kind;
    this.errors = options?.errors;
    this.retryAfter = options?.retryAfter;
  }
}
