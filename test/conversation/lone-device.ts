/** A device in a process of its own, which can be killed or stopped: says its first message and prints the type of each frame. */
const [url = '', firstMessage = ''] = process.argv.slice(2);
const socket = new WebSocket(url);
socket.onopen = () => socket.send(firstMessage);
socket.onmessage = ({ data }) => console.log(JSON.parse(String(data)).type);
socket.onclose = () => process.exit();
