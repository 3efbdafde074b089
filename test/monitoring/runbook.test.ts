import { describe, expect, test } from '@jest/globals';
import { logQueries, logQueryNames, textOfQuery } from '../../lib/log-queries.ts';
import { anchorOf } from '../../lib/runbook.ts';
import { resources, templates } from '../lib/templates.ts';
import { runbookText, sections } from './runbook.ts';

const alarms = Object.entries(resources(templates({ outbox: 'bus' }).monitoring, 'AWS::CloudWatch::Alarm')).map(
  ([id, { Properties }]) => ({ id, description: String(Properties.AlarmDescription) }),
);
const anchors = [...runbookText.matchAll(/^###? (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe('the runbook', () => {
  test.each(alarms)('has a heading for $id', ({ description }) => {
    const [, anchor = description] = /^[A-Z].+\. Runbook: docs\/runbook\.md#([a-z-]+)$/.exec(description) ?? [];
    expect(anchors).toContain(anchor);
  });

  test('is where the configuration says that people read it, in every alarm and its mail', () => {
    const runbookUrl = 'https://git.example.com/ops/maitred/blob/main/docs/runbook.md?plain=1';
    const there = resources(templates({ runbookUrl, outbox: 'bus' }).monitoring, 'AWS::CloudWatch::Alarm');
    expect(
      Object.entries(there).map(([id, { Properties }]) => ({ id, description: Properties.AlarmDescription })),
    ).toEqual(
      alarms.map(({ id, description }) => ({ id, description: description.replace('docs/runbook.md', runbookUrl) })),
    );
  });

  test.each(sections)('has an alarm for "$heading"', ({ heading }) => {
    const link = `docs/runbook.md#${anchorOf(heading)}`;
    expect(alarms.filter(({ description }) => description.endsWith(link))).not.toEqual([]);
  });

  test.each(sections)('says of "$heading" what it means, where to look and what to do', ({ text }) => {
    expect(text.match(/^\*\*.+?\*\*/gm)).toEqual(['**Means.**', '**Look here.**', '**Do this.**']);
  });

  test('has no heading twice', () => {
    expect(new Set(anchors).size).toBe(anchors.length);
    expect(sections.length).toBeGreaterThan(10);
  });

  test('links only to its own headings', () => {
    const targets = [...runbookText.matchAll(/\]\(#([^)]*)\)/g)].map(([, target]) => target);
    expect(targets.filter((target) => !anchors.includes(target ?? ''))).toEqual([]);
  });
});

describe('a query', () => {
  const quoted = sections.flatMap(({ heading, queries }) => queries.map((query) => ({ heading, ...query })));

  test.each(quoted)('of the runbook is the saved query "$name"', ({ name, text }) => {
    const texts: Readonly<Record<string, string>> = Object.fromEntries(
      logQueryNames.map((one) => [one, textOfQuery(one)]),
    );
    expect(text).toBe(texts[name]);
  });

  test.each(Object.entries(logQueries))(
    'that is saved, "%s", is in the runbook under its alarm',
    (name, { heading }) => {
      expect(quoted.filter((query) => query.name === name).map((query) => query.heading)).toContain(heading);
    },
  );
});
