/** Stands in for `@aws-sdk/lib-dynamodb` in the functions' thin bundles (an alias in `lib/`): the commands that they send. */
import type * as sdk from '@aws-sdk/lib-dynamodb';
import { type MarshallOptions, marshallItem, type UnmarshallOptions, unmarshallItem } from './attribute-values.ts';
import type { Call, Client, Command } from './client.ts';
import { type JsonRpc, jsonCall } from './json-rpc.ts';

/** How items are written and read. Of the document client's options those that the functions use. */
export type Translation = Readonly<{ marshallOptions?: MarshallOptions; unmarshallOptions?: UnmarshallOptions }>;

/** A DynamoDB client that takes and gives items as plain values. */
export class DynamoDBDocumentClient {
  readonly config: Client['config'];
  readonly #client: Client;
  readonly #translation: Translation;

  constructor(client: Client, translation: Translation = {}) {
    this.config = client.config;
    this.#client = client;
    this.#translation = translation;
  }

  static from(client: Client, translation?: Translation): DynamoDBDocumentClient {
    return new DynamoDBDocumentClient(client, translation);
  }

  /** Throws as the client does, and `UnsupportedValue`. */
  send<Output>(command: DocumentCommand<Output>): ReturnType<typeof Client.prototype.send<Output>> {
    const translated: Command<Output> = { call: () => command.call(this.#translation) };
    return this.#client.send(translated);
  }

  /** The client is its owner's to destroy. */
  destroy(): void {}
}

type DocumentCommand<Output> = Readonly<{ call: (translation: Translation) => Call<Output> }>;

/** Where the items are in an operation's input or output: the name they stand under, and how they lie there. */
type Places = Readonly<Record<string, keyof typeof layouts>>;
type Translate = (item: object) => object;

const each = (value: object, change: (one: object) => unknown): object =>
  Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one)]));

const layouts = {
  item: (value: object, translate: Translate): object => translate(value),
  items: (value: object, translate: Translate): object => Object.values(value).map(translate),
  itemsOfTables: (value: object, translate: Translate): object =>
    each(value, (items) => Object.values(items).map(translate)),
  keysOfTables: (value: object, translate: Translate): object =>
    each(value, (keys) => translated(keys, { Keys: 'items' }, translate)),
  writesOfTables: (value: object, translate: Translate): object =>
    each(value, (writes) =>
      Object.values(writes).map((write) =>
        each(write, (one) => translated(one, { Item: 'item', Key: 'item' }, translate)),
      ),
    ),
};

const translated = <T extends object>(members: T, places: Places, translate: Translate): T => {
  const changes: Record<string, object> = {};
  for (const [name, value] of Object.entries(members)) {
    const place = places[name];
    if (place !== undefined && value !== undefined) changes[name] = layouts[place](value, translate);
  }
  return { ...members, ...changes };
};

const dynamodb: JsonRpc = { target: 'DynamoDB_20120810', version: '1.0' };

const documentCommand = <Input extends object, Output extends object>(
  operation: string,
  inInput: Places,
  inOutput: Places,
) =>
  class {
    readonly input: Input;

    constructor(input: Input) {
      this.input = input;
    }

    call({ marshallOptions = {}, unmarshallOptions = {} }: Translation): Call<Output> {
      const input = translated(this.input, inInput, (item) => marshallItem(item, marshallOptions));
      return jsonCall(dynamodb, operation, input, (output: Output) =>
        translated(output, inOutput, (wire) => unmarshallItem(wire, unmarshallOptions)),
      );
    }
  };

const values = { ExpressionAttributeValues: 'item' } as const;
const page = { Items: 'items', LastEvaluatedKey: 'item' } as const;

export class GetCommand extends documentCommand<sdk.GetCommandInput, sdk.GetCommandOutput>(
  'GetItem',
  { Key: 'item' },
  { Item: 'item' },
) {}

export class PutCommand extends documentCommand<sdk.PutCommandInput, sdk.PutCommandOutput>(
  'PutItem',
  { Item: 'item', ...values },
  { Attributes: 'item' },
) {}

export class UpdateCommand extends documentCommand<sdk.UpdateCommandInput, sdk.UpdateCommandOutput>(
  'UpdateItem',
  { Key: 'item', ...values },
  { Attributes: 'item' },
) {}

export class DeleteCommand extends documentCommand<sdk.DeleteCommandInput, sdk.DeleteCommandOutput>(
  'DeleteItem',
  { Key: 'item', ...values },
  { Attributes: 'item' },
) {}

export class QueryCommand extends documentCommand<sdk.QueryCommandInput, sdk.QueryCommandOutput>(
  'Query',
  { ExclusiveStartKey: 'item', ...values },
  page,
) {}

export class ScanCommand extends documentCommand<sdk.ScanCommandInput, sdk.ScanCommandOutput>(
  'Scan',
  { ExclusiveStartKey: 'item', ...values },
  page,
) {}

/** What the table left unprocessed is part of the answer, and no error. */
export class BatchGetCommand extends documentCommand<sdk.BatchGetCommandInput, sdk.BatchGetCommandOutput>(
  'BatchGetItem',
  { RequestItems: 'keysOfTables' },
  { Responses: 'itemsOfTables', UnprocessedKeys: 'keysOfTables' },
) {}

/** What the table left unprocessed is part of the answer, and no error. */
export class BatchWriteCommand extends documentCommand<sdk.BatchWriteCommandInput, sdk.BatchWriteCommandOutput>(
  'BatchWriteItem',
  { RequestItems: 'writesOfTables' },
  { UnprocessedItems: 'writesOfTables' },
) {}
