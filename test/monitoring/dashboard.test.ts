import { describe, expect, test } from '@jest/globals';
import { logQueryNames } from '../../lib/log-queries.ts';
import { resources, templates, textOf } from '../lib/templates.ts';
import { emittedMetrics, emittedSchemas, metricText } from './emitted.ts';

type Widget = Readonly<{ type: string; x: number; y: number; width: number; height: number; properties: Properties }>;
type Properties = Readonly<{
  title?: string;
  query?: string;
  alarms?: readonly string[];
  metrics?: readonly (readonly (string | Readonly<Record<string, unknown>>)[])[];
}>;

const made = templates({ outbox: 'bus', dashboard: 'full' });
const [dashboard] = Object.values(resources(made.monitoring, 'AWS::CloudWatch::Dashboard'));
const body = textOf(made, dashboard?.['Properties'].DashboardBody);
const widgets: readonly Widget[] = JSON.parse(body).widgets;
const titles = widgets.map(({ properties }) => properties.title);
const rows = widgets.flatMap(({ properties }) => properties.metrics ?? []);

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
      'Outbox: records handed over',
      'Outbox: ms from the table to the target',
      'Outbox: dead letters',
      'Events',
      'Events by reason',
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

  test('asks no logs, whose price is by what is read at each load, and names queries that are saved', () => {
    expect(widgets.filter(({ type }) => type === 'log')).toEqual([]);
    const named = [...body.matchAll(/- maitred\/test\/([^\\"]+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(5);
    const known: readonly string[] = logQueryNames;
    expect(named.filter((name = '') => !known.includes(name))).toEqual([]);
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

describe('the small dashboard, which every stage has unless it says otherwise', () => {
  const small = templates({ outbox: 'bus' });
  const [page] = Object.values(resources(small.monitoring, 'AWS::CloudWatch::Dashboard'));
  const shown: readonly Widget[] = JSON.parse(textOf(small, page?.['Properties'].DashboardBody)).widgets;
  const lines = shown.flatMap(({ properties }) => properties.metrics ?? []);

  test('has 50 metrics at most, of which an account has three dashboards free, and searches for none', () => {
    // An expression has no namespace: it is made of those beside it.
    expect(lines.filter(([first]) => typeof first === 'string').length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(lines)).not.toContain('SEARCH');
  });

  test('shows the alarms, who comes, how long an event takes, what fails and what waits', () => {
    expect(shown.flatMap(({ properties: { title } }) => title ?? [])).toEqual([
      'Alarms',
      'Attempts by outcome',
      'Connections and messages',
      'What a client waits for a function, ms',
      'Silent connections: ms after their deadline',
      'Failures of ours',
      'Function errors',
      'API Gateway: refused, function failed, function unreachable',
      'Timer: oldest message, dead letters',
      'Events: numbered, and posts that reached a socket',
      'Events: ms from the queue to the last socket',
      'Event queue: messages',
      'Events: posts that failed',
      'Events: dead letters, publications that are no events',
      'Outbox: records handed over',
      'Outbox: ms from the table to the target',
      'Outbox: dead letters',
    ]);
  });

  test('shows nothing that the full one does not', () => {
    const metricOf = (row: (typeof lines)[number]): string =>
      JSON.stringify(row.filter((part) => typeof part === 'string'));
    const all = new Set(rows.map(metricOf));
    const added = lines
      .filter(([first]) => typeof first === 'string')
      .map(metricOf)
      .filter((metric) => !all.has(metric));
    expect(added).toEqual(['["maitred","Failure","event","failure","service","maitred","stage","test"]']);
  });

  test('is not there where a stage wants none, and neither is its name', () => {
    const none = templates({ dashboard: 'none' }).monitoring;
    none.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    expect(none.toJSON()['Outputs']).not.toHaveProperty('DashboardName');
  });
});
