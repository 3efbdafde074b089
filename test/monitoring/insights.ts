/**
 * The part of CloudWatch Logs Insights that the runbook's queries use: `fields`, `filter`, `stats`, `sort`, `limit`, one
 * a line. Anything else is an error, so that no query passes here that was not understood.
 */

/** One log line as Logs Insights sees it: the fields it discovers, those of AWS with "@". */
export type LogRecord = Readonly<Record<string, string | number>>;

type Value = string | number | undefined;
type Condition = (record: LogRecord) => boolean;
type Aggregate = Readonly<{ name: string; of: (records: readonly LogRecord[]) => Value }>;

export type Query = Readonly<{
  /** Every field the query reads. */
  fields: ReadonlySet<string>;
  /** Whether its filters let a line through. */
  matches: Condition;
  /** Its answer. */
  run: (records: readonly LogRecord[]) => readonly LogRecord[];
}>;

export const parseQuery = (text: string): Query => {
  const fields = new Set<string>();
  const conditions: Condition[] = [];
  const steps: ((records: readonly LogRecord[]) => readonly LogRecord[])[] = [];
  /** What a line has after `stats` or `fields`; `undefined`: what it had. */
  let columns: readonly string[] | undefined;
  const readable = (name: string): string => {
    if (!columns) fields.add(name);
    else if (!columns.includes(name)) throw new Error(`there is no ${name} any more`);
    return name;
  };

  for (const [index, line] of text.split('\n').entries()) {
    const [, pipe, command, rest = ''] = /^(\| )?(\w+) (.+)$/.exec(line) ?? [];
    if ((pipe === undefined) !== (index === 0)) throw new Error(`no pipe where one belongs: ${line}`);
    switch (command) {
      case 'fields':
        // `@timestamp` and `@message` stay; the filter that follows may read what is not shown.
        for (const name of list(rest)) readable(name);
        break;
      case 'filter': {
        if (columns) throw new Error('filter after stats');
        const condition = parseCondition(rest, readable);
        conditions.push(condition);
        steps.push((records) => records.filter(condition));
        break;
      }
      case 'stats': {
        const [, what = '', groups = ''] = /^(.+?)(?: by (.+))?$/.exec(rest) ?? [];
        const aggregates = list(what).map((one) => parseAggregate(one, readable));
        const keys = list(groups).map((one) => parseGroup(one, readable));
        columns = [...aggregates, ...keys].map(({ name }) => name);
        steps.push(aggregated(aggregates, keys));
        break;
      }
      case 'sort': {
        const [, name = '', direction] = /^(\S+) (asc|desc)$/.exec(rest) ?? [];
        if (direction === undefined) throw new Error(`cannot sort by ${rest}`);
        readable(name);
        const sign = direction === 'asc' ? 1 : -1;
        steps.push((records) => records.toSorted((a, b) => sign * compared(a[name], b[name])));
        break;
      }
      case 'limit':
        if (!/^[1-9]\d*$/.test(rest)) throw new Error(`no limit: ${rest}`);
        steps.push((records) => records.slice(0, Number(rest)));
        break;
      default:
        throw new Error(`no such command: ${line}`);
    }
  }
  return {
    fields,
    matches: (record) => conditions.every((holds) => holds(record)),
    run: (records) => steps.reduce((left, step) => step(left), records),
  };
};

/** The parts of a list, whose commas in brackets are not its own. */
const list = (text: string): string[] => (text === '' ? [] : text.split(/,(?![^(]*\))/).map((part) => part.trim()));

const fieldPattern = /^@?[A-Za-z_]\w*$/;
const fieldName = (text: string | undefined): string => {
  if (text === undefined || !fieldPattern.test(text)) throw new Error(`no field: ${text}`);
  return text;
};

/** `a = "b" and (c in ["d"] or not ispresent(e))`; `and` binds stronger than `or`. */
const parseCondition = (text: string, readable: (name: string) => string): Condition => {
  const tokens = tokensOf(text);
  let at = 0;
  const next = (): string => tokens[at++] ?? '';
  const expect = (token: string): void => {
    const got = next();
    if (got !== token) throw new Error(`expected ${token}, got ${got} in: ${text}`);
  };
  const literal = (): string | number => {
    const token = next();
    if (/^".*"$/.test(token)) return token.slice(1, -1);
    if (/^\d+$/.test(token)) return Number(token);
    throw new Error(`no value: ${token}`);
  };

  const either = (): Condition => {
    const parts = [both()];
    while (tokens[at] === 'or' && next()) parts.push(both());
    return (record) => parts.some((holds) => holds(record));
  };
  const both = (): Condition => {
    const parts = [one()];
    while (tokens[at] === 'and' && next()) parts.push(one());
    return (record) => parts.every((holds) => holds(record));
  };
  const one = (): Condition => {
    const token = next();
    if (token === 'not') {
      const holds = one();
      return (record) => !holds(record);
    }
    if (token === '(') {
      const holds = either();
      expect(')');
      return holds;
    }
    if (token === 'ispresent') {
      expect('(');
      const name = readable(fieldName(next()));
      expect(')');
      return (record) => name in record;
    }
    return comparison(readable(fieldName(token)));
  };
  const comparison = (name: string): Condition => {
    const operator = next();
    switch (operator) {
      case '=': {
        const wanted = literal();
        return (record) => String(record[name]) === String(wanted) && name in record;
      }
      case '!=': {
        const unwanted = literal();
        // Whether a line without the field passes is not documented: no query may depend on it.
        return (record) => name in record && String(record[name]) !== String(unwanted);
      }
      case 'in': {
        expect('[');
        const wanted = [String(literal())];
        while (tokens[at] === ',' && next()) wanted.push(String(literal()));
        expect(']');
        return (record) => name in record && wanted.includes(String(record[name]));
      }
      case 'like': {
        const pattern = new RegExp(next().slice(1, -1));
        return (record) => name in record && pattern.test(String(record[name]));
      }
      default:
        throw new Error(`no such comparison: ${operator}`);
    }
  };

  const condition = either();
  if (at !== tokens.length) throw new Error(`too much: ${tokens.slice(at).join(' ')}`);
  return condition;
};

const tokensOf = (text: string): readonly string[] => {
  const token = /\s*("[^"]*"|\/(?:\\.|[^/])+\/|[\w@]+|!=|[=()[\],])\s*/y;
  const tokens: string[] = [];
  while (token.lastIndex < text.length) {
    const [, found] = token.exec(text) ?? [];
    if (found === undefined) throw new Error(`not understood: ${text}`);
    tokens.push(found);
  }
  return tokens;
};

const parseAggregate = (text: string, readable: (name: string) => string): Aggregate => {
  const [, kind = '', of = '', name = ''] = /^(\w+)\(([^)]+)\) as (\w+)$/.exec(text) ?? [];
  const values = (records: readonly LogRecord[]): (string | number)[] => {
    const field = fieldName(of);
    return records.flatMap((record) => record[field] ?? []);
  };
  if (!(kind === 'count' && of === '*')) readable(fieldName(of));
  switch (kind) {
    case 'count':
      return { name, of: (records) => (of === '*' ? records.length : values(records).length) };
    case 'count_distinct':
      return { name, of: (records) => new Set(values(records)).size };
    case 'max':
      return { name, of: (records) => values(records).toSorted(compared).at(-1) };
    case 'min':
      return { name, of: (records) => values(records).toSorted(compared).at(0) };
    case 'sum':
      return { name, of: (records) => values(records).reduce((sum: number, value) => sum + Number(value), 0) };
    default:
      throw new Error(`no such function: ${text}`);
  }
};

type Group = Readonly<{ name: string; of: (record: LogRecord) => Value }>;
const parseGroup = (text: string, readable: (name: string) => string): Group => {
  const [, minutes] = /^bin\((\d+)m\)$/.exec(text) ?? [];
  if (minutes === undefined) {
    const name = readable(fieldName(text));
    return { name, of: (record) => record[name] };
  }
  const widthMs = Number(minutes) * 60_000;
  return { name: text, of: (record) => Math.floor(Number(record['@timestamp']) / widthMs) * widthMs };
};

const aggregated = (aggregates: readonly Aggregate[], keys: readonly Group[]) => (records: readonly LogRecord[]) => {
  const groups = Map.groupBy(records, (record) => JSON.stringify(keys.map(({ of }) => of(record) ?? null)));
  return [...groups.values()].map((members) => {
    const [first = {}] = members;
    const row = [
      ...keys.map(({ name, of }) => [name, of(first)] as const),
      ...aggregates.map(({ name, of }) => [name, of(members)] as const),
    ];
    return Object.fromEntries(row.filter((cell): cell is [string, string | number] => cell[1] !== undefined));
  });
};

const compared = (a: Value, b: Value): number => {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  return a < b ? -1 : 1;
};
