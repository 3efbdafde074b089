import { describe, expect, test } from '@jest/globals';
import { logQueries, logQueryNames, textOfQuery } from '../../lib/log-queries.ts';
import { functionIds, resources, templates, textOf } from '../lib/templates.ts';

const logs = functionIds.map((id) => `<${id}Log>`);

describe('the saved queries', () => {
  const saved = (config: object) => {
    const all = templates(config);
    return Object.values(resources(all.monitoring, 'AWS::Logs::QueryDefinition')).map(({ Properties }) => ({
      name: Properties.Name,
      query: Properties.QueryString,
      of: Properties.LogGroupNames.map((group: unknown) => textOf(all, group)),
    }));
  };
  const expected = (of: 'functions' | 'access log' | 'outbox', groups: readonly string[]) =>
    logQueryNames
      .filter((name) => logQueries[name].of === of)
      .map((name) => ({ name: `maitred/test/${name}`, query: textOfQuery(name), of: groups }));

  test('are all of the runbook that have a log to ask', () => {
    expect(saved({})).toEqual(expected('functions', logs));
  });

  test('include those of the access log where there is one', () => {
    const all = saved({ accountLogRole: 'existing' });
    expect(all).toHaveLength([...expected('functions', []), ...expected('access log', [])].length);
    expect(all).toEqual(expect.arrayContaining(expected('access log', ['<DoorLogsAccess>'])));
  });

  test('include those of the outbox where there is one, and ask its log as well', () => {
    const all = saved({ accountLogRole: 'existing', outbox: 'queue' });
    expect(all).toHaveLength(Object.keys(logQueries).length);
    expect(all).toEqual(expect.arrayContaining(expected('outbox', ['<OutboxLog>'])));
    expect(all).toEqual(expect.arrayContaining(expected('functions', [...logs, '<OutboxLog>'])));
  });
});
