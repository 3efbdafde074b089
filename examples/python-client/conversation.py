"""A conversation with the gateway of this machine: `npm start` in one terminal, in another

    python3 examples/python-client/conversation.py ws://127.0.0.1:8787/local

Tokens come from the gateway's own demo issuer, or from a second address that answers likewise. Prints a line for each thing that was seen,
and fails after half a minute without the next one. A renewal is seen only where tokens live for seconds.
"""

import asyncio
import json
import sys
import urllib.request
from urllib.parse import urlsplit

from maitred_client import Client

PATIENCE_S = 30
SHORT_MS = 60_000


def token_of(token_url, user):
    body = json.dumps({"user": user}).encode()
    request = urllib.request.Request(token_url, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["access_token"]


class Device:
    """A client with everything that it saw, and a wait for what it will see."""

    def __init__(self, url, token_url, user, **settings):
        self.asked, self.seen = [], asyncio.Condition()
        self.events, self.gaps, self.frames, self.states = [], [], [], []

        async def get_token(why):
            self.asked.append(why)
            return await asyncio.to_thread(token_of, token_url, user)

        self.client = Client(
            lambda: url,  # a directory of gateways would be asked here
            get_token,
            on_event=lambda event: self._note(self.events, event),
            on_gap=lambda reason, cursor: self._note(self.gaps, reason),
            on_state=lambda state: self._note(self.states, state),
            trace=lambda way, text: self._note(self.frames, (way, json.loads(text).get("type") if text else None)),
            restaurant_id="r-17",
            **settings,
        )
        self.running = asyncio.create_task(self.client.run())

    def _note(self, notes, what):
        notes.append(what)
        asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self):
        async with self.seen:
            self.seen.notify_all()

    async def until(self, what, is_so):
        async with self.seen:
            await asyncio.wait_for(self.seen.wait_for(is_so), PATIENCE_S)
        print(what, flush=True)

    def is_connected(self):
        return bool(self.states) and self.states[-1]["status"] == "connected"

    def orders(self):
        return [event["data"].get("order_id") for event in self.events]

    def cut(self):
        """As a network does it: without a word."""
        for socket in self.client.sockets.values():
            socket.transport.abort()


async def conversation(url, token_url):
    kitchen = Device(url, token_url, "chef", connection_type="kitchen", timing={"heartbeat_ms": 1_000})
    till = Device(url, token_url, "cashier", connection_type="pos")
    try:
        await kitchen.until("authenticated: the kitchen", kitchen.is_connected)
        await till.until("authenticated: the till", till.is_connected)

        await till.client.publish("order.created", {"order_id": "py-1", "items": ["soup"]})
        print("accepted: an order of the till", flush=True)
        await kitchen.until("heard: the order, in the kitchen", lambda: "py-1" in kitchen.orders())

        await kitchen.until("pong: after a second of silence", lambda: ("received", "pong") in kitchen.frames)

        kitchen.client.signal("offline")  # so that it does not come back before there is something to miss
        kitchen.cut()
        await kitchen.until("cut: the kitchen has no connection", lambda: not kitchen.is_connected())
        await till.client.publish("order.created", {"order_id": "py-2"})
        kitchen.client.signal("online")
        await kitchen.until("replayed: what the kitchen missed", lambda: "py-2" in kitchen.orders())
        assert ("received", "replayed") in kitchen.frames, "it was not by a replay"
        assert kitchen.gaps == ["start"], kitchen.gaps
        assert kitchen.orders().count("py-1") == 1, "an event came twice"

        session = kitchen.client.machine.session
        if session.expires_at - session.started_at < SHORT_MS:
            expires_at = session.expires_at
            await kitchen.until("renewed: the kitchen's session lasts longer", lambda: session.expires_at > expires_at)
            assert kitchen.asked[-1] == "renewal", kitchen.asked
        else:
            print("not tried: a renewal, as tokens live too long here", flush=True)
    finally:
        for device in (kitchen, till):
            device.client.close()
    for device in (kitchen, till):
        assert await device.running == {"why": "closed"}
    print("closed: both", flush=True)


if __name__ == "__main__":
    address = sys.argv[1]
    tokens = sys.argv[2] if len(sys.argv) > 2 else f"http://{urlsplit(address).netloc}/issuer/token"
    asyncio.run(conversation(address, tokens))
