/** An event that its service could not publish whole and published as a shell. */
export type Unpublishable = {
  readonly relay: string;
  readonly eventId: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly reason: string;
  readonly foundAt: Date;
};

export const UNPUBLISHABLE = `
  select relay, event_id as "eventId", stream, version, type, reason, found_at as "foundAt"
    from unpublishable_events
   order by found_at, event_id`;

export const describeUnpublishable = ({
  relay,
  eventId,
  stream,
  version,
  type,
  reason,
  foundAt,
}: Unpublishable): string =>
  `${relay}  event ${eventId}  ${type} of ${stream} version ${version}  published as a shell at ${foundAt.toISOString()}\n  ${reason}\n`;
