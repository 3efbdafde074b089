/**
 * A stored record as an OCSF 1.8.0 event, for a SIEM. Pure: the same record always gives the same event, so a stream of
 * them can be read again from any point (`metadata.uid` is the record's id).
 */
import { catalogue, type Detail, type SecurityEvent, type Severity } from './catalogue.ts';
import { owaspEvent } from './owasp.ts';

/** A record as it is kept, whoever read it from where. */
export type KeptRecord = Readonly<{
  id: string;
  event: SecurityEvent;
  detail: Detail;
  timeMs: number;
  connectionId: string;
  sourceIp: string;
  userAgent?: string | undefined;
  issuer?: string | undefined;
  userId?: string | undefined;
  restaurantId?: string | undefined;
  connectionType?: string | undefined;
  claimed?: Readonly<Record<string, string | undefined>> | undefined;
  /** Set where one record stands for many attempts. */
  aggregate?: Readonly<{ count: number; startTimeMs: number; endTimeMs: number }> | undefined;
}>;

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

/** The event, or undefined for one that the catalogue keeps out of the audit trail. */
export const ocsfEvent = (record: KeptRecord): Json | undefined => {
  const entry = catalogue[record.event];
  if (!('ocsf' in entry)) return undefined;
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
    time: record.timeMs,
    count: record.aggregate?.count,
    start_time: record.aggregate?.startTimeMs,
    end_time: record.aggregate?.endTimeMs,
    message: record.event,
    metadata: {
      version: ocsfVersion,
      product: { name: 'maitred', vendor_name: 'maitred' },
      uid: record.id,
      event_code: record.event,
      log_name: 'audit',
      labels: [`owasp:${owaspEvent(record)}`],
      ...(record.restaurantId === undefined ? {} : { tenant_uid: record.restaurantId }),
    },
    unmapped: unmappedOf(record),
    ...partsOf(classUid, record),
  });
};

/** What only one class has. */
const partsOf = (classUid: keyof typeof classes, record: KeptRecord): Json => {
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
        src_endpoint: { ip: record.sourceIp },
        http_request: httpRequestOf(record),
      };
    case 3003:
      return {
        user: userOf(record),
        session: sessionOf(record),
        ...(record.event === 'cross_tenant_attempt'
          ? { group: { name: 'members of a restaurant' } }
          : { privileges: [record.connectionType ?? 'connection type'] }),
        src_endpoint: { ip: record.sourceIp },
        http_request: httpRequestOf(record),
      };
    case 6003:
      return {
        actor: { user: userOf(record), session: sessionOf(record) },
        api: {
          operation: record.event === 'origin_refused' ? '$connect' : 'authenticate',
          service: { name: 'maitred' },
        },
        src_endpoint: { ip: record.sourceIp },
        http_request: httpRequestOf(record),
      };
    case 2004:
      return {
        finding_info: { uid: record.id, title: record.event, types: [record.detail] },
        evidences: [{ src_endpoint: { ip: record.sourceIp } }],
      };
  }
};

const userOf = ({ userId, issuer }: KeptRecord): Json =>
  userId === undefined
    ? { name: 'unverified', type_id: 0, type: 'Unknown' }
    : withoutUndefined({ uid: userId, domain: issuer, type_id: 1, type: 'User' });

const sessionOf = ({ connectionId }: KeptRecord): Json => ({ uid: connectionId, is_remote: true });

const httpRequestOf = ({ userAgent }: KeptRecord): Json | undefined =>
  userAgent === undefined ? undefined : { user_agent: userAgent };

const unmappedOf = ({ claimed, connectionType }: KeptRecord): Json | undefined => {
  const unmapped = withoutUndefined({ ...claimed, connection_type: connectionType });
  return Object.keys(unmapped).length === 0 ? undefined : unmapped;
};

const withoutUndefined = (object: Json): Json =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
