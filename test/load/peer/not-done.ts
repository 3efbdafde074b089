/** What serverless-offline 14.8.2 leaves out, or does otherwise than AWS, with the functions of this project. Each was seen. */
export const notDoneByThePeer: readonly string[] = [
  'timers: nobody reads a queue, and a socket that says nothing stays open',
  'events: no fan-out, no redelivery, no outbox, for the same reason',
  'isolation: all functions share one process with its variables, and handle several events at a time',
  'rights: no role is looked at, and no signature',
  'limits: frames of 40 KB and binary ones reach the function (AWS closes with 1009 and 1003)',
  'a function that closes a connection: the client sees 1005, not 1000',
  'the code with which a client closed is not told to $disconnect',
  'a client may name a reserved route: {"type":"$disconnect"} gets no answer',
  'connection ids are UUIDs, and there is no path of the stage',
  'no meter of units, no injected faults, no clock of its own',
];
