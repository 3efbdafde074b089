/**
 * A stored record as an OCSF 1.8.0 event, for a SIEM. Pure: the same record always gives the same event, so a stream of
 * them can be read again from any point (`metadata.uid` is the record's id).
 */
import type { StoredAuditRecord } from './audit-columns.ts';
import { entryOf, type OcsfActivity, type Severity } from './catalogue.ts';
import { owaspEvent } from './owasp.ts';

type Json = Readonly<Record<string, unknown>>;

export const ocsfVersion = '1.8.0';

const classes = {
  2004: { name: 'Detection Finding', category: 2, categoryName: 'Findings', activities: { 1: 'Create' } },
  3002: {
    name: 'Authentication',
    category: 3,
    categoryName: 'Identity & Access Management',
    activities: { 1: 'Logon', 2: 'Logoff' },
  },
  3003: {
    name: 'Authorize Session',
    category: 3,
    categoryName: 'Identity & Access Management',
    activities: { 1: 'Assign Privileges', 2: 'Assign Groups' },
  },
  6003: {
    name: 'API Activity',
    category: 6,
    categoryName: 'Application Activity',
    activities: { 1: 'Create', 99: 'Other' },
  },
} as const;

const severities = {
  INFO: { severity_id: 1, severity: 'Informational' },
  WARNING: { severity_id: 3, severity: 'Medium' },
  ERROR: { severity_id: 4, severity: 'High' },
  CRITICAL: { severity_id: 5, severity: 'Critical' },
} as const satisfies Record<Severity, unknown>;

/** The event, or undefined for one that the catalogue keeps out of the audit trail, or does not know. */
export const ocsfEvent = (record: StoredAuditRecord): Json | undefined => {
  const entry = entryOf(record.event);
  if (entry?.ocsf === undefined) return undefined;
  const { classUid, activityId, succeeded } = entry.ocsf;
  const { name, category, categoryName, activities } = classes[classUid];
  const activityName = (activities as Readonly<Record<number, string>>)[activityId] ?? 'Other';
  return withoutUndefined({
    category_uid: category,
    category_name: categoryName,
    class_uid: classUid,
    class_name: name,
    activity_id: activityId,
    activity_name: activityName,
    type_uid: classUid * 100 + activityId,
    type_name: `${name}: ${activityName}`,
    ...severities[entry.severity],
    status_id: succeeded ? 1 : 2,
    status: succeeded ? 'Success' : 'Failure',
    status_detail: record.detail,
    time: Date.parse(record.time),
    count: record.count,
    start_time: msOf(record.start_time),
    end_time: msOf(record.end_time),
    message: record.event,
    metadata: {
      version: ocsfVersion,
      product: { name: 'maitred', vendor_name: 'maitred' },
      uid: record.sk,
      event_code: record.event,
      log_name: 'audit',
      labels: [`owasp:${owaspOf(record)}`],
      ...(record.restaurant_id === undefined ? {} : { tenant_uid: record.restaurant_id }),
    },
    unmapped: unmappedOf(record),
    ...partsOf(entry.ocsf, record),
  });
};

/** What only one class has. */
const partsOf = ({ classUid, activityId }: OcsfActivity, record: StoredAuditRecord): Json => {
  switch (classUid) {
    case 3002:
      return {
        user: userOf(record),
        service: { name: 'maitred' },
        session: sessionOf(record),
        is_remote: true,
        logon_type_id: 3,
        logon_type: 'Network',
        auth_protocol_id: 6,
        auth_protocol: 'OAUTH 2.0',
        src_endpoint: { ip: record.source_ip },
        http_request: httpRequestOf(record),
      };
    case 3003:
      return {
        user: userOf(record),
        session: sessionOf(record),
        // "Assign Groups", and "Assign Privileges".
        ...(activityId === 2
          ? { group: { name: 'members of a restaurant' } }
          : { privileges: [record.connection_type ?? 'connection type'] }),
        src_endpoint: { ip: record.source_ip },
        http_request: httpRequestOf(record),
      };
    case 6003:
      return {
        actor: { user: userOf(record), session: sessionOf(record) },
        api: {
          // What is created is a connection.
          operation: activityId === 1 ? '$connect' : 'authenticate',
          service: { name: 'maitred' },
        },
        src_endpoint: { ip: record.source_ip },
        http_request: httpRequestOf(record),
      };
    case 2004:
      return {
        finding_info: { uid: record.sk, title: record.event, types: [record.detail] },
        evidences: [{ src_endpoint: { ip: record.source_ip } }],
      };
  }
};

const userOf = ({ user_id: userId, issuer }: StoredAuditRecord): Json =>
  userId === undefined
    ? { name: 'unverified', type_id: 0, type: 'Unknown' }
    : withoutUndefined({ uid: userId, domain: issuer, type_id: 1, type: 'User' });

const sessionOf = ({ connection_id: connectionId }: StoredAuditRecord): Json => ({
  uid: connectionId,
  is_remote: true,
});

const httpRequestOf = ({ user_agent: userAgent }: StoredAuditRecord): Json | undefined =>
  userAgent === undefined ? undefined : { user_agent: userAgent };

/** What OCSF has no place for: the claims, and every column that is rendered nowhere else. */
const unmappedOf = (record: StoredAuditRecord): Json | undefined => {
  const others = Object.entries(record).filter(([name]) => !rendered.has(name));
  const unmapped = withoutUndefined({ ...record.unmapped, ...Object.fromEntries(others) });
  return Object.keys(unmapped).length === 0 ? undefined : unmapped;
};

/** Columns that have a place, and what is no column of the record. */
const rendered: ReadonlySet<string> = new Set([
  ...['pk', 'sk', 'expires_at', 'unmapped', 'event', 'severity', 'detail', 'time', 'connection_id', 'source_ip'],
  ...['user_agent', 'issuer', 'user_id', 'restaurant_id', 'count', 'start_time', 'end_time'],
]);

const owaspOf = ({ event, detail, user_id, restaurant_id, source_ip, user_agent }: StoredAuditRecord): string =>
  owaspEvent({
    event,
    detail,
    userId: user_id,
    restaurantId: restaurant_id,
    sourceIp: source_ip,
    userAgent: user_agent,
  });

const msOf = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(time));

const withoutUndefined = (object: Json): Json =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
