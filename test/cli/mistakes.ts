import type { Ending } from '../../bin/exit-codes.ts';
import { caseNames } from '../../scale/cases.ts';
import { connectionTypes, mayConnectAs } from '../restaurant-domain.ts';

const types = connectionTypes.join(', ');
const ofEmployees = connectionTypes.filter((type) => mayConnectAs('employee', type)).join(', ');

/** What is refused on the command line before anything is done, or because there is nothing to do it to. */
export const mistakes: readonly Readonly<{ line: string; sentence: string; ending?: Ending }>[] = [
  {
    line: 'token',
    sentence: 'say one demo user of owner, manager, chef, cashier, stranger, rival; see --help',
  },
  {
    line: 'token chef owner',
    sentence: 'say one demo user of owner, manager, chef, cashier, stranger, rival; see --help',
  },
  {
    line: 'token nobody',
    sentence: 'nobody is no demo user; they are owner, manager, chef, cashier, stranger, rival',
  },
  {
    line: 'token chef --member r-42',
    sentence: '--member is a restaurant and a role, such as r-42=manager, got "r-42"',
  },
  { line: 'token chef --type pos', sentence: '--type and --restaurant go with --line: a token says neither' },
  { line: 'token chef --restaurant r-17', sentence: '--type and --restaurant go with --line: a token says neither' },
  {
    line: 'token chef --line --type oven',
    sentence: `--type is one of ${types}, got "oven"`,
  },
  {
    line: 'token chef --line --restaurant *',
    sentence: '--restaurant is 1-64 letters, digits, "_" and "-", got "*"',
  },
  { line: 'deadletters drop --restaurant r-0', sentence: 'Nothing was put aside.', ending: 'not_found' },
  { line: 'sessions close --restaurant r-0', sentence: 'No session of r-0.', ending: 'not_found' },
  { line: 'cost 17', sentence: '17 is not understood; see --help' },
  { line: 'storm --devices none', sentence: '--devices is a whole number from 1 to 1000000, got none' },
  { line: 'storm --case tea', sentence: `--case is one of ${caseNames.join(', ')}, got tea` },
  { line: 'cost --restaurants many', sentence: '--restaurants is a whole number from 0 to 10000000, got many' },
  { line: 'cost --night-hours 13', sentence: '--night-hours and the open hours are a day at most, got 12 and 13' },
  { line: 'deadletters', sentence: 'say list, redrive or drop; see --help' },
  { line: 'deadletters burn', sentence: 'say list, redrive or drop, not burn; see --help' },
  { line: 'deadletters list all', sentence: 'all is one word too many; see --help' },
  { line: 'deadletters drop', sentence: 'say --restaurant R or --all, one of them; see --help' },
  {
    line: 'deadletters redrive --all --restaurant r-17',
    sentence: 'say --restaurant R or --all, one of them; see --help',
  },
  {
    line: 'deadletters list --restaurant r/17',
    sentence: '--restaurant is 1-64 letters, digits, "_" and "-", got "r/17"',
  },
  { line: 'outbox drop --restaurant r-0', sentence: 'Nothing was put aside.', ending: 'not_found' },
  { line: 'outbox', sentence: 'say list, redrive or drop; see --help' },
  { line: 'outbox redrive', sentence: 'say --restaurant R or --all, one of them; see --help' },
  { line: 'restaurants', sentence: 'say list, new-epoch or delete; see --help' },
  { line: 'restaurants close', sentence: 'say list, new-epoch or delete, not close; see --help' },
  { line: 'restaurants new-epoch', sentence: 'say --restaurant R or --all, one of them; see --help' },
  { line: 'restaurants new-epoch --restaurant r-nope', sentence: 'r-nope has no events.', ending: 'not_found' },
  { line: 'restaurants delete --yes', sentence: '--restaurant is missing; see --help' },
  {
    line: 'restaurants delete --yes --restaurant *',
    sentence: '--restaurant is 1-64 letters, digits, "_" and "-", got "*"',
  },
  {
    line: 'publish --restaurant r-nope --type a.b --data {}',
    ending: 'not_found',
    sentence:
      'r-nope is not known: nobody is a member there, and nobody was ever let in: the event would be put aside. Add a member first.',
  },
  { line: 'members list', sentence: '--restaurant is missing; see --help' },
  {
    line: 'members list --restaurant r/17',
    sentence: '--restaurant is 1-64 letters, digits, "_" and "-", got "r/17"',
  },
  {
    line: 'members --restaurant r-17',
    sentence: 'say list, add, remove, revoke, suspend, resume, import or export; see --help',
  },
  { line: 'members', sentence: 'say list, add, remove, revoke, suspend, resume, import or export; see --help' },
  {
    line: 'members fire --restaurant r-17',
    sentence: 'say list, add, remove, revoke, suspend, resume, import or export, not fire; see --help',
  },
  { line: 'members list all --restaurant r-17', sentence: 'all is one word too many; see --help' },
  { line: 'members remove --restaurant r-17', sentence: '--user is missing; see --help' },
  {
    line: 'members remove --restaurant r-17 --user 0',
    sentence: '--user is 1-255 printable characters without spaces and no zero, got "0"',
  },
  {
    line: 'members remove --restaurant r-17 --user u-no',
    sentence: 'u-no (demo) is not a member of r-17.',
    ending: 'not_found',
  },
  {
    line: 'members revoke --restaurant r-17 --user u-no',
    sentence: 'u-no (demo) is not a member of r-17.',
    ending: 'not_found',
  },
  {
    line: 'members resume --restaurant r-17 --user u-no',
    sentence: 'u-no (demo) is not suspended at r-17.',
    ending: 'refused',
  },
  { line: 'members suspend --restaurant r-17', sentence: '--user is missing; see --help' },
  {
    line: 'members suspend --restaurant * --user u-no',
    ending: 'not_found',
    sentence: 'u-no (demo) is no platform owner: name the restaurant where they are to be kept out',
  },
  {
    line: 'members add --restaurant r-17 --user u-1 --role king',
    sentence: '--role is one of platform_owner, restaurant_owner, manager, employee, customer_display, got king',
  },
  {
    line: 'members add --restaurant r-17 --user u-1 --role platform_owner',
    sentence: "the role platform_owner and --restaurant '*' go together",
  },
  {
    line: 'members add --restaurant r-17 --user u-1 --role employee --types pos,oven',
    sentence: `--types are of ${types}, got "oven"`,
  },
  {
    line: 'members add --restaurant r-17 --user u-1 --role employee --types kitchen,management',
    sentence: `--types narrows what the role employee may connect as (${ofEmployees}), got "management"`,
  },
  {
    line: 'members add --restaurant * --user u-1 --role platform_owner --types oven',
    sentence: `--types are of ${types}, got "oven"`,
  },
  { line: 'members import', sentence: 'say which FILE to import, or - for what is piped in; see --help' },
  { line: 'members import a b', sentence: 'b is one word too many; see --help' },
  { line: 'members import none.csv', sentence: 'none.csv is not there', ending: 'not_found' },
  {
    line: 'members import a.csv --restaurant r-17',
    sentence: 'import takes no --restaurant: each line of the file names its own; see --help',
  },
  { line: 'members export all', sentence: 'all is one word too many; see --help' },
  { line: 'members export --format xml', sentence: '--format is ndjson or csv, got xml' },
  {
    line: 'members export --format csv --json',
    sentence: '{"error":"usage","message":"say --json or --format csv, not both; see --help"}',
  },
  { line: 'members list --format csv', sentence: '--format is of export; see --help' },
  { line: 'members add --dry-run', sentence: '--dry-run is of import; see --help' },
  { line: 'members list --colour red', sentence: "Unknown option '--colour'; see --help" },
  {
    line: 'members list --restaurant r-17 --stage dev --port 8787',
    sentence: '--stage is for a deployed stage and --port for a gateway on this machine: say one of them',
  },
  { line: 'token chef --port x', sentence: '--port is a number from 0 to 65535, got x' },
  { line: 'audit', sentence: 'say --restaurant R or --unverified; see --help' },
  {
    line: 'audit --restaurant r-17 --unverified',
    sentence: 'say --restaurant R or --unverified, not both: who was refused is in no trail of a restaurant',
  },
  { line: 'audit --restaurant *', sentence: '--restaurant is 1-64 letters, digits, "_" and "-", got "*"' },
  {
    line: 'audit --unverified --since yesterday',
    sentence: 'a time span is a number and s, m, h or d, such as 90s or 1h; got yesterday',
  },
  { line: 'audit --unverified --format xml', sentence: '--format is text, json or ocsf, got xml' },
  { line: 'audit --unverified now', sentence: 'now is not understood; see --help' },
  { line: 'addresses', sentence: 'say list or unblock; see --help' },
  { line: 'addresses block', sentence: 'say list or unblock, not block; see --help' },
  { line: 'addresses unblock', sentence: '--address is missing; see --help' },
  { line: 'addresses list --address 192.0.2.1', sentence: 'list takes no --address; see --help' },
  {
    line: 'addresses unblock --address 192.0.2.300',
    sentence: '--address is an IPv4 or IPv6 address, got "192.0.2.300"',
  },
  { line: 'sessions --restaurant r-17', sentence: 'say list or close; see --help' },
  { line: 'sessions end --restaurant r-17', sentence: 'say list or close, not end; see --help' },
  { line: 'sessions list', sentence: '--restaurant is missing; see --help' },
  {
    line: 'sessions close --restaurant r-17 --user 0',
    sentence: '--user is 1-255 printable characters without spaces and no zero, got "0"',
  },
  { line: 'publish --restaurant r-17 --type a.b', sentence: '--data is missing; see --help' },
  { line: 'publish --restaurant r-17 --type a.b --data {', sentence: '--data is a JSON object' },
  { line: 'publish --restaurant r-17 --type a.b --data []', sentence: '--data is a JSON object' },
  {
    line: 'publish --restaurant r-17 --type a.b --data {"a":1,"a":2}',
    sentence: '--data has a key twice in one object',
  },
  {
    line: 'publish --restaurant r-17 --type a.b --data {"a":1e400}',
    sentence: '--data has a number that is beyond the range of a double',
  },
  {
    line: 'publish --restaurant r-17 --type ping --data {}',
    sentence: '--type is two to four lower-case words with dots between them, such as order.created',
  },
  {
    line: 'publish --restaurant r-17 --type a.b --data {} --audience oven',
    sentence: `--audience is of ${types}`,
  },
  {
    line: 'publish --restaurant * --type a.b --data {}',
    sentence: '--restaurant is 1-64 letters, digits, "_" and "-"',
  },
  { line: 'smoke --token x', sentence: '--url is missing; see --help' },
  { line: 'smoke --url ws://127.0.0.1:1/local', sentence: '--token-file is missing; see --help' },
  {
    line: 'smoke --url ws://127.0.0.1:1/local --token x --token-file y',
    sentence: 'say --token or --token-file, one of them; see --help',
  },
  {
    line: 'smoke eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
    sentence: 'only options are understood, each with its value; see --help',
  },
  {
    line: 'smoke --url ws://127.0.0.1:1/local --token x --restaurant eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
    sentence: '--restaurant is 1-64 letters, digits, "_" and "-", got "[token]"',
  },
  {
    line: 'smoke --url https://127.0.0.1/?token=c4nary --token x',
    sentence: '--url begins with wss:// (ws:// on this machine), got "https://127.0.0.1/"',
  },
  {
    line: 'smoke --url ws://127.0.0.1:1/local --token-file /nowhere/c4nary',
    ending: 'not_found',
    sentence: 'the file of --token-file is not there',
  },
  {
    line: 'smoke --url https://127.0.0.1 --token x',
    sentence: '--url begins with wss:// (ws:// on this machine), got "https://127.0.0.1"',
  },
  {
    line: 'smoke --url ws://127.0.0.1:1/local --token x',
    ending: 'failed',
    sentence: 'ws://127.0.0.1:1/local cannot be reached: connect ECONNREFUSED 127.0.0.1:1.',
  },
  {
    line: 'smoke --url ws://127.0.0.1:1/local --token x --type oven',
    sentence: `--type is one of ${types}, got "oven"`,
  },
  { line: 'types dev', sentence: 'dev is one word too many; see --help' },
  {
    line: 'types --stage nowhere',
    ending: 'failed',
    sentence: 'config/nowhere.json cannot be read; stages with a file are bench, dev, local, test',
  },
  { line: 'outputs', sentence: '--stage is missing; see --help' },
  { line: 'trace a b', sentence: 'b is one word too many; see --help' },
  { line: 'trace nowhere.log', ending: 'not_found', sentence: 'nowhere.log is not there' },
  { line: 'outputs dev', sentence: 'dev is not understood; see --help' },
  { line: 'start --port 80x', sentence: '--port is a number from 0 to 65535, got 80x' },
  { line: 'start --port 65536', sentence: '--port is a number from 0 to 65535, got 65536' },
  { line: 'start --dir x', sentence: "Unknown option '--dir'; see --help" },
  {
    line: 'start now',
    sentence: 'now is not understood; see --help. Options are said as in npm start -- --port 9000',
  },
];
