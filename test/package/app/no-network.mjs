// Whoever opens a socket or asks for a name while an app is synthesized ends it.
import dns from 'node:dns';
import net from 'node:net';

const refuse = () => {
  throw new Error('a synthesis reached for the network');
};
net.Socket.prototype.connect = refuse;
dns.lookup = refuse;
