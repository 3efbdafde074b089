/** A WebSocket for an engine that has none, and behind it as much of a gateway as one conversation needs. */
const sockets = new Set();
let events = 0;

const later = (run) => {
  void Promise.resolve().then(run);
};
const soon = () => new Date(Date.now() + 3_600_000).toISOString();

export class FakeSocket {
  readyState = 1;

  constructor() {
    sockets.add(this);
    later(() => this.onopen?.({}));
  }

  close() {
    if (!sockets.delete(this)) return;
    this.readyState = 3;
    later(() => this.onclose?.({ code: 1000 }));
  }

  send(text) {
    const message = JSON.parse(text);
    switch (message.type) {
      case 'authenticate':
        this.say({ ...welcome(), restaurant_id: message.restaurant_id, connection_type: message.connection_type });
        return;
      case 'ping':
        this.say({ type: 'pong', session_expires_at: soon(), epoch: 'e', head_seq: events, timestamp: soon() });
        return;
      case 'replay':
        this.say({
          type: 'replayed',
          events: [],
          epoch: 'e',
          head_seq: events,
          next_after: events,
          more: false,
          gap: false,
        });
        return;
      case 'order.created':
        this.publish(message);
        return;
      default:
        this.say({ type: 'error', id: message.id, error: 'Unknown type', reason: 'unknown_type' });
    }
  }

  publish({ type, id, data }) {
    this.say({ type: 'accepted', id, event_id: `e-${id}` });
    events += 1;
    const event = { type, id: `e-${id}`, seq: events, prev_seq: events - 1, epoch: 'e', restaurant_id: 'r-17', data };
    for (const socket of sockets) socket.say(event);
  }

  say(message) {
    later(() => this.onmessage?.({ data: JSON.stringify(message) }));
  }
}

const welcome = () => ({
  type: 'auth_success',
  user_id: 'u-1',
  connection_id: 'c',
  role: 'employee',
  session_expires_at: soon(),
  epoch: 'e',
  head_seq: events,
  protocol: 1,
  timestamp: new Date().toISOString(),
});
