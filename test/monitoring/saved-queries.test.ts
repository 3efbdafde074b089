import { describe, expect, test } from '@jest/globals';
import { type LogQueryName, logQueries, textOfQuery } from '../../lib/log-queries.ts';
import { resources, templates, textOf } from '../lib/templates.ts';

const logs = ['Connect', 'Authenticate', 'Message', 'Disconnect', 'AuthTimeout', 'FanOut', 'Redeliver'].map(
  (id) => `<${id}Log>`,
);

describe('the saved queries', () => {
  const saved = (config: object) => {
    const all = templates(config);
    return Object.values(resources(all.monitoring, 'AWS::Logs::QueryDefinition')).map(({ Properties }) => ({
      name: Properties.Name,
      query: Properties.QueryString,
      of: Properties.LogGroupNames.map((group: unknown) => textOf(all, group)),
    }));
  };
  const expected = (of: 'functions' | 'access log', groups: readonly string[]) =>
    (Object.keys(logQueries) as LogQueryName[])
      .filter((name) => logQueries[name].of === of)
      .map((name) => ({ name: `maitred/test/${name}`, query: textOfQuery(name), of: groups }));

  test('are all of the runbook that have a log to ask', () => {
    expect(saved({})).toEqual(expected('functions', logs));
  });

  test('include those of the access log where there is one', () => {
    const all = saved({ accountLogRole: 'existing' });
    expect(all).toHaveLength(Object.keys(logQueries).length);
    expect(all).toEqual(expect.arrayContaining(expected('access log', ['<DoorLogsAccess>'])));
  });
});
