import { describe, expect, test } from '@jest/globals';
import { logQueryNames, textOfQuery } from '../../lib/log-queries.ts';
import { functionIds, optionalFunctionIds, resources, templates, textOf } from '../lib/templates.ts';
import { emittedMetrics, emittedSchemas, metricText } from './emitted.ts';

type Widget = Readonly<{ type: string; x: number; y: number; width: number; height: number; properties: Properties }>;
type Properties = Readonly<{
  title?: string;
  query?: string;
  alarms?: readonly string[];
  metrics?: readonly (readonly (string | Readonly<Record<string, unknown>>)[])[];
}>;

const made = templates({ outbox: 'bus' });
const [dashboard] = Object.values(resources(made.monitoring, 'AWS::CloudWatch::Dashboard'));
const body = textOf(made, dashboard?.['Properties'].DashboardBody);
const widgets: readonly Widget[] = JSON.parse(body).widgets;
const titles = widgets.map(({ properties }) => properties.title);
const rows = widgets.flatMap(({ properties }) => properties.metrics ?? []);
const logs = [...functionIds, ...optionalFunctionIds].map((id) => `<${id}Log>`);

describe('the dashboard', () => {
  test('shows the health of the gateway, the flow of events, what the backend gets, and then who is refused', () => {
    expect(titles.filter((title) => title !== undefined)).toEqual([
      'Alarms',
      'Attempts by outcome',
      'Refused, % of attempts',
      'Connections and messages',
      'How long functions take, ms (99 of 100)',
      'What a client waits for a function, ms',
      'Silent connections: ms after their deadline',
      'Failures of ours by part',
      'Function errors',
      'API Gateway: refused, function failed, function unreachable',
      'Throttles',
      'Timer: messages',
      'Timer: dead letters',
      'Events: numbered, and posts that reached a socket',
      'Events: ms from the queue to the last socket',
      'Event queue: messages',
      'Events: posts that failed',
      'Events: dead letters, publications that are no events',
      'Restaurants whose posts fail',
      'Outbox: records handed over',
      'Outbox: ms from the table to the target',
      'Outbox: dead letters',
      'Events',
      'Events by reason',
      'Addresses refused',
      'Users refused',
      'Refusals by reason',
      'User mismatches',
      'Cross-tenant attempts',
      'Failures by part',
    ]);
  });

  test('shows every alarm', () => {
    const [status] = widgets.filter(({ type }) => type === 'alarm');
    expect([...(status?.properties.alarms ?? [])].sort()).toEqual(
      Object.keys(resources(made.monitoring, 'AWS::CloudWatch::Alarm'))
        .map((id) => `<${id}>`)
        .sort(),
    );
  });

  test('graphs metrics of ours that are emitted', () => {
    const ours = rows
      .filter(([namespace]) => namespace === 'maitred')
      .map((row) => row.filter((part) => typeof part === 'string'));
    expect(ours.length).toBeGreaterThan(20);
    const texts = ours.map(([namespace = '', name = '', ...dimensions]) =>
      metricText(
        namespace,
        name,
        Object.fromEntries(
          dimensions.flatMap((key, index) => (index % 2 === 0 ? [[key, dimensions[index + 1] ?? '']] : [])),
        ),
      ),
    );
    expect(texts.filter((text) => !emittedMetrics.has(text))).toEqual([]);
  });

  test.each(['EventsNumbered', 'EventsDelivered', 'PostsFailed', 'DeliveryLag', 'PublicationInvalid'])(
    'graphs %s',
    (name) => {
      expect(rows.filter(([namespace, metric]) => namespace === 'maitred' && metric === name)).not.toEqual([]);
    },
  );

  test('looks into the queue of events and its dead letters', () => {
    const queues = rows
      .filter(([namespace, , , queue]) => namespace === 'AWS/SQS' && String(queue).startsWith('<EventQueue'))
      .map(([, name, , queue]) => `${name} ${queue}`);
    expect(queues.sort()).toEqual([
      'ApproximateAgeOfOldestMessage <EventQueue>',
      'ApproximateNumberOfMessagesNotVisible <EventQueue>',
      'ApproximateNumberOfMessagesVisible <EventQueue>',
      'ApproximateNumberOfMessagesVisible <EventQueueDeadLetters>',
    ]);
  });

  test('searches for metrics by the dimensions they have', () => {
    const searches = rows.flatMap((row) =>
      row
        .flatMap((part) => (typeof part === 'object' ? String(part['expression'] ?? '') : []))
        .filter((text) => text.startsWith('SEARCH')),
    );
    expect(searches).toHaveLength(2);
    for (const search of searches) {
      const [, schema = '', name] =
        /^SEARCH\('\{([\w,]+)\} MetricName="(\w+)" service="maitred" stage="test"', 'Sum', 300\)$/.exec(search) ?? [];
      const [namespace, ...dimensions] = schema.split(',');
      expect([...emittedSchemas]).toContain(`${name} {${[namespace, ...dimensions.sort()].join(',')}}`);
    }
  });

  test('has the tables of everything that can be throttled', () => {
    const throttled = rows
      .filter(([namespace]) => namespace === 'AWS/DynamoDB')
      .map((row) =>
        row
          .filter((part) => typeof part === 'string')
          .slice(1)
          .join(' '),
      );
    const tables = Object.keys(resources(made.state, 'AWS::DynamoDB::GlobalTable')).map((id) => `TableName <${id}>`);
    const index = 'GlobalSecondaryIndexName live TableName <Connections>';
    expect(throttled.sort()).toEqual(
      [...tables, index].flatMap((one) => [`ReadThrottleEvents ${one}`, `WriteThrottleEvents ${one}`]).sort(),
    );
  });

  test('asks the logs of all functions the queries of the runbook', () => {
    const asked = widgets.filter(({ type }) => type === 'log').map(({ properties }) => properties.query ?? '');
    expect(asked).toHaveLength(7);
    const known = logQueryNames.map(textOfQuery);
    for (const query of asked) {
      const sources = [...query.matchAll(/SOURCE '([^']+)' \| /g)].map(([, source]) => source);
      expect(sources).toEqual(logs);
      expect(known).toContain(query.replace(/^(?:SOURCE '[^']+' \| )+/, ''));
    }
  });

  test('has no widget on top of another or beyond its edge', () => {
    for (const [index, a] of widgets.entries()) {
      expect(a.x + a.width).toBeLessThanOrEqual(24);
      const below = widgets
        .slice(index + 1)
        .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height);
      expect(below).toEqual([]);
    }
  });

  test('is named by AWS, since names are one for all regions, and that name is an output', () => {
    expect(dashboard?.['Properties']).not.toHaveProperty('DashboardName');
    expect(made.monitoring.toJSON()['Outputs'].DashboardName.Value.Ref).toMatch(/^Dashboard/);
  });
});
