"""A client of the maitred gateway in one file: a machine that is pure, and a thin shell around it.

`Machine` holds every decision. It takes inputs (a frame came, the timer is due, the application publishes) and yields effects (open a
socket, send this, deliver that). It knows no socket, clock or random number: they come in with each step. Inputs, effects and what an
application sees are those of client/conformance, whose vectors it passes. It needs nothing beyond Python's own library, and is what to
read before writing a client in another language.

`Client` is the shell: it owns the sockets (package `websockets`), the timer and the handlers. PROTOCOL.md is the specification.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import math
import random
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime

# Times are milliseconds. Where they come from is said in client/src/settings.ts; those of the gateway's limits should stay.
TIMING = {
    "backoff_base_ms": 500,
    "backoff_cap_ms": 30_000,
    "paused_retry_ms": 60_000,
    "refused_retry_ms": 60_000,
    "refused_retry_cap_ms": 300_000,
    "fresh_token_ms": 60_000,
    "token_timeout_ms": 15_000,
    "open_timeout_ms": 10_000,
    "auth_timeout_ms": 10_000,
    "heartbeat_ms": None,  # as the gateway tells, or two minutes where it does not
    "doubtful_heartbeat_ms": 45_000,
    "pong_timeout_ms": 8_000,
    "probe_timeout_ms": 5_000,
    "max_connection_ms": 7_200_000,
    "renewal_lead_ms": 60_000,
    "hand_over_lead_ms": 300_000,
    "drain_ms": 2_000,
    "answer_timeout_ms": 10_000,
    "steady_ms": 10_000,
    "store_timeout_ms": 5_000,
}
SETTINGS = {
    "restaurant_id": "",
    "connection_type": "pos",
    "batch": True,
    "device_id": None,  # what the device calls itself, for `who`
    "max_queued": 100,
    "max_queued_chars": 512 * 1024,
    "keeps": False,  # whether there is a storage
    "user": None,  # who is signed in, as far as the application knows
    "timing": TIMING,
}

MAX_UNANSWERED = 3  # closes without an answer, after which the token is suspected
MIN_TOKEN_LIFE_MS = 5_000  # a token with less life is not worth an attempt
MAX_RETRY_AFTER_MS = 15 * 60_000  # a gateway that asks for more patience is not believed
AGE_TOLERANCE_MS = 60_000  # a session that ends this close to the age limit of a connection: no token makes it longer
MIN_PING_GAP_MS = 5_000  # no hint makes pings more frequent than this
DAY_MS = 24 * 60 * 60_000  # so long a network that lost a session in silence is in doubt
HEARTBEAT_MS, LEAST_HEARTBEAT_MS, LONGEST_HEARTBEAT_MS = 120_000, 45_000, 300_000  # unless the gateway tells; what it may tell
SLEPT_MS = 2_000  # a deadline noticed so much later than it was due: the device slept, and the answer may be waiting
BURST, PER_MS = 15, 0.9 / 1000  # the gateway allows 20 messages at once and one a second: this stays below
MAX_HELD = 256  # events that wait for their predecessors; more come again with a replay
MAX_VAIN = 5  # pulls without result, after which the gateway does not have what it announced
MAX_SETBACKS = 2  # after so many a publication no longer stands in front of the others
LEAST_RETENTION_MS = 60 * 60_000  # what a gateway keeps ids of publications for if it does not say
RETENTION_MARGIN_MS, CLOCK_TOLERANCE_MS = 5 * 60_000, 60_000


# ---- Frames: read once, into one of a few kinds. Nothing here raises. ----


def parse_frame(text):
    try:
        message = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError, TypeError):
        return {"kind": "ignored"}
    if not isinstance(message, dict):
        return {"kind": "ignored"}
    kind = message.get("type")
    if kind == "auth_success":
        sent_at, ends_at = _millis(message.get("timestamp")), _millis(message.get("session_expires_at"))
        names = ("user_id", "restaurant_id", "connection_id", "connection_type", "role")
        identity = {name: _text(message.get(name)) for name in names}
        if isinstance(message.get("issuer"), str):
            identity["issuer"] = message["issuer"]
        return {
            "kind": kind,
            "identity": identity,
            "pass": message.get("reentry_pass") if isinstance(message.get("reentry_pass"), str) else None,
            # By the gateway's own two times: the device's clock may be wrong.
            "remaining_ms": None if sent_at is None or ends_at is None else ends_at - sent_at,
            "at": sent_at,
            "retention_ms": _count(message.get("retention_ms")),
            "ping_interval_ms": _count(message.get("ping_interval_ms")),
            "head": _head(message),
        }
    if kind in ("auth_error", "closing"):
        return {
            "kind": "final_message",
            "reason": _text(message.get("reason")),
            "error": _text(message.get("error")),
            "reconnect": message.get("reconnect") is not False,
            "reauthenticate": message.get("reauthenticate") is True,
            "retry_after_ms": _retry_after(message),
        }
    if kind == "pong":
        return {"kind": kind, "head": _head(message)}
    if kind == "events":
        return {"kind": kind, "events": _events(text, message.get("events"))}
    if kind == "replayed":
        head, next_after = _head(message), _count(message.get("next_after"))
        if head is None or head["epoch"] == "" or next_after is None:
            return {"kind": "ignored"}
        return {
            "kind": kind,
            "events": _events(text, message.get("events")),
            "head": head,
            "next_after": next_after,
            "more": message.get("more") is True,
            "gap": message.get("gap") is True,
            "retry_after_ms": _retry_after(message),
        }
    if kind == "present":
        sessions = message.get("sessions")
        return {
            "kind": kind,
            "id": message.get("id"),
            "sessions": [_session(one) for one in sessions if isinstance(one, dict)] if isinstance(sessions, list) else [],
            "next": message.get("next") if isinstance(message.get("next"), str) else None,
            "more": message.get("more") is True,
            "retry_after_ms": _retry_after(message),
        }
    if kind == "accepted":
        return {"kind": kind, "id": _text(message.get("id")), "event_id": _text(message.get("event_id"))}
    if kind == "error":
        fields = {name: message[name] for name in ("id", "field") if isinstance(message.get(name), str)}
        return {"kind": kind, "reason": _text(message.get("reason")), **fields}
    if "type" not in message:
        is_platform = isinstance(message.get("message"), str) and ("requestId" in message or "connectionId" in message)
        return {"kind": "platform_error" if is_platform else "ignored"}
    event = _event(message, text)
    return {"kind": "events", "events": [event]} if event else {"kind": "ignored"}


def _no_constant(name):
    raise ValueError(f"{name} is no JSON")


def _text(value):
    return value if isinstance(value, str) else ""


def _count(value):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return int(value) if is_number and 0 <= value < 2**53 and value == int(value) else None


def _millis(value):
    try:
        return round(datetime.fromisoformat(_text(value).replace("Z", "+00:00")).timestamp() * 1000)
    except ValueError:
        return None


def _retry_after(message):
    wait = message.get("retry_after_ms")
    is_wait = isinstance(wait, (int, float)) and not isinstance(wait, bool) and wait > 0
    return min(wait, MAX_RETRY_AFTER_MS) if is_wait else 0


def _head(message):
    """How far the restaurant's events have come. Before its first one the numbering has no name."""
    epoch, seq = message.get("epoch"), _count(message.get("head_seq"))
    if epoch is None and "epoch" in message and seq == 0:
        return {"epoch": "", "seq": 0}
    return {"epoch": epoch, "seq": seq} if isinstance(epoch, str) and epoch and seq is not None else None


def _session(value):
    names = ("user_id", "role", "connection_type", "since")
    device = {"device_id": value["device_id"]} if isinstance(value.get("device_id"), str) else {}
    return {**{name: _text(value.get(name)) for name in names}, **device}


def _events(frame, values):
    if not isinstance(values, list):
        return []
    texts = _pieces(_member(frame, "events"))
    events = (_event(value, texts[n] if n < len(texts) else "") for n, value in enumerate(values))
    return [event for event in events if event]


def _event(value, written):
    """The event, or nothing where it lacks a number, a name or an order."""
    if not isinstance(value, dict):
        return None
    seq, prev_seq, epoch = _count(value.get("seq")), _count(value.get("prev_seq")), value.get("epoch")
    if not isinstance(value.get("type"), str) or not isinstance(value.get("id"), str):
        return None
    if not isinstance(epoch, str) or not epoch or seq is None or prev_seq is None or prev_seq >= seq:
        return None
    return {
        "type": value["type"],
        "id": value["id"],
        "epoch": epoch,
        "seq": seq,
        "prev_seq": prev_seq,
        "restaurant_id": _text(value.get("restaurant_id")),
        "data": value.get("data"),
        "raw": _member(written, "data") or json.dumps(value.get("data")),
        **{name: value[name] for name in ("user_id", "connection_type") if isinstance(value.get(name), str)},
        "timestamp": _text(value.get("timestamp")),
    }


def _pieces(text):
    """What an object or a list holds, cut at its commas, as it was written. For texts that `json.loads` took."""
    found, depth, start, at = [], 0, 0, 0
    while at < len(text):
        one = text[at]
        if one == '"':
            at += 1
            while text[at] != '"':
                at += 2 if text[at] == "\\" else 1
        elif one in "{[":
            depth += 1
            if depth == 1:
                start = at + 1
        elif one in "}]" or (one == "," and depth == 1):
            depth -= one != ","
            if depth == 0 or one == ",":
                found.append(text[start:at].strip())
                start = at + 1
        at += 1
    return found


def _member(text, key):
    """The value of a member, as its publisher wrote it."""
    for piece in _pieces(text):
        if piece.startswith(f'"{key}"'):
            return piece[piece.index(":") + 1 :].strip()
    return ""


# ---- The machine ----


@dataclass
class Token:
    text: str
    why: str
    came_at: float
    accepted: bool = False
    expires_at: float | None = None


@dataclass
class Attempt:
    """At `waiting`, `token`, `opening` or `authenticating`. Beside a session it is a hand-over to a younger connection."""

    at: str
    deadline: float
    request: int | None = None
    socket: int | None = None
    opened_at: float = 0
    # While it waits: not before this, whatever hints say; and when it goes on though offline or in the background.
    not_before: float = 0
    paused_until: float = 0
    was_hurried: bool = False
    cause: dict | None = None


@dataclass
class Renewal:
    """`planned` for its time, `asking` the provider, or `sent`."""

    at: str
    due_at: float
    request: int | None = None
    token: Token | None = None


@dataclass
class Session:
    socket: int
    identity: dict
    opened_at: float
    started_at: float
    expires_at: float
    hand_over_at: float
    renewal: Renewal
    heard_at: float  # as of when it is known how far the events have come
    gateway_ahead_ms: float  # what the gateway's clock is ahead of the device's, at most
    network_name: str  # the network at its beginning
    renewal_failures: int = 0
    pinged_at: float = 0
    pong_by: float | None = None
    slept_through: bool = False
    is_leaving: bool = False


@dataclass(eq=False)
class Publication:
    id: str
    text: str
    since: float
    expires_at: float | None = None
    user: dict | None = None
    sent_at: float | None = None  # it may have been sent, and not before then, by the gateway's clock
    returned: dict | None = None  # why it was given back to the application
    is_awaited: bool = True  # made by this process, so that somebody waits for it
    stored: str = "no"  # `kept`: the storage has it; `marked`: also that it may have been sent
    store_by: float = 0
    sent_on: int | None = None
    answer_by: float = 0
    tries: int = 0
    setbacks: int = 0
    not_before: float = 0


@dataclass
class Asking:
    """Who is there, asked page by page."""

    id: str
    socket: int
    not_before: float
    after: str | None = None
    sessions: list = field(default_factory=list)
    answer_by: float | None = None  # while a page is under way


@dataclass
class Feed:
    cursor: dict | None = None
    past_epoch: str | None = None
    wanted: int = 0  # the newest number known to exist
    held: list = field(default_factory=list)  # events that came before their predecessors
    pull: dict | None = None  # the replay that is under way
    vain: int = 0
    pull_not_before: float = 0


class Machine:
    def __init__(self, settings=None, cursor=None):
        self.settings = {**SETTINGS, **(settings or {})}
        self.timing = {**TIMING, **self.settings["timing"]}
        self.attempt = self.session = self.old = self.end = self.token = self.user = None
        self.ask_for = "first"  # the next attempt needs a token for this reason
        self.refused_token, self.refusals = None, 0
        self.network, self.app = "online", "foreground"
        self.network_name, self.silences = "", {}  # when each network last ended a session in silence
        self.doubt_at = math.inf  # the last reason to doubt the connection, since which no silence has ended with an answer
        self.heartbeat_ms = HEARTBEAT_MS
        self.failures = self.short_sessions = self.wakes = self.unanswered_closes = 0
        self.allowance, self.allowance_at = 0, 0
        self.requests = self.sockets = self.replays = self.questions = 0
        self.asking: Asking | None = None
        self.feed, self.cursor_of = Feed(cursor), None
        self.outbox: list[Publication] = []
        self.gateway_ahead_ms, self.retention_ms = 0, LEAST_RETENTION_MS
        self.keeps = self.settings["keeps"]
        self.now = self.random = 0
        self.effects: list[dict] = []

    def step(self, put, now, random_number):
        """One input, at a time and with a number in [0, 1); yields what is to be done, in order. After the end nothing happens any more."""
        self.now, self.random, self.effects = now, random_number, []
        if self.end is None or put["kind"] in ("publish", "who"):
            self._take(put)
        if self.end is not None:
            self._forget_all()
        else:
            self._judge()
            self._send_due()
        return self.effects

    def due_at(self):
        """When `time` has to be put in next, if nothing else comes first."""
        if self.end is not None:
            return None
        times = [self._attempt_due_at(), self.old and self.old[1], *self._session_due_at(), *self._sending_due_at()]
        finite = [at for at in times if at is not None and at != math.inf]
        return min(finite) if finite else None

    def _take(self, put):
        kind, attempt, session = put["kind"], self.attempt, self.session
        if kind == "start":
            self._wait(None) if self._is_paused() else self._begin_attempt()
        elif kind == "time":
            self._attempt_due()
            if self.old and self.old[1] <= self.now:
                self._drop_old()
            self._session_due()
            self._unanswered_due()
        elif kind == "token":
            self._token_came(put)
        elif kind == "open":
            if attempt and attempt.at == "opening" and attempt.socket == put["socket"]:
                self._authenticate(attempt.socket)
        elif kind == "frame":
            self._received(put["socket"], parse_frame(put["text"]))
        elif kind == "closed":
            if session and session.socket == put["socket"]:
                code = {"code": put["code"]} if put.get("code") is not None else {}
                self._lose_session({"kind": "dropped", **code})
            elif self.old and self.old[0] == put["socket"]:
                self._drop_old()
            elif attempt and attempt.socket == put["socket"]:
                kind = "handshake" if attempt.at == "opening" else "unanswered"
                self._fail_attempt({"kind": "url", "message": put["problem"]} if "problem" in put else {"kind": kind})
        elif kind == "publish":
            self._enqueue(put)
        elif kind == "restored":
            self._restored(put)
        elif kind == "stored":
            self.keeps = True
            for one in put["publications"]:
                for known in self.outbox:
                    if known.id == one["id"]:
                        is_marked = known.sent_at is not None and known.sent_at == one.get("sent_at")
                        known.stored = "marked" if is_marked else "kept"
        elif kind == "who":
            self._ask_who()
        elif kind == "discard":
            self._settle(lambda one: one.id == put["id"], {"code": "discarded", "reason": "discarded"})
        elif kind == "signal":
            self._signalled(put["signal"])
        elif kind == "network":
            self.network_name = put["name"]
        elif kind == "close":
            self._end_with({"why": "closed"})

    def _received(self, socket, message):
        """Which of up to three connections it was (the session's, the attempt's, the old one) decides what a message means."""
        attempt = self.attempt if self.attempt and self.attempt.socket == socket else None
        session = self.session if self.session and self.session.socket == socket else None
        if not session and not attempt and not (self.old and self.old[0] == socket):
            return
        kind = message["kind"]
        if kind == "auth_success":
            if session:
                renewal = session.renewal
                self._extend(session, renewal.token if renewal.at == "sent" else self.token, message)
            elif attempt and attempt.at == "authenticating":
                self._open_session(attempt, message)
        elif kind == "final_message":
            if session:
                self._close_session(session, message)
            elif attempt:
                self._follow_advice(message, self._fail_attempt)
            else:
                self._drop_old()
        elif kind == "platform_error":
            if attempt:
                self._fail_attempt({"kind": "unanswered"})
            if session:
                self._hear_nothing(session)
                self._repeat_later()
                self._probe()
        elif kind == "pong" and session:
            self._hear(session, session.pinged_at)
            self._learn_head(message["head"])
        elif kind == "error" and session:
            if "id" not in message:
                self._hear_nothing(session)
            self._serve_error(message)
        elif kind == "events":
            for event in message["events"]:
                stamp = _millis(event["timestamp"]) if session else None
                if stamp is not None:
                    self._hear(session, stamp - session.gateway_ahead_ms)
            for event in message["events"]:
                self._receive_event(event)
        elif kind == "replayed":
            self._receive_page(socket, message)
        elif kind == "present":
            self._hear_who(message)
        elif kind == "accepted":
            self._settle(lambda one: one.id == message["id"], {"event_id": message["event_id"]})

    def _signalled(self, signal):
        if signal in ("online", "offline"):
            self.network = signal
        if signal in ("foreground", "background"):
            self.app = signal
        if signal not in ("offline", "background"):
            self.doubt_at = self.now
            self._retry_sooner()
            self._probe()

    def _is_paused(self):
        return self.network == "offline" or self.app == "background"

    def _do(self, kind, **what):
        self.effects.append({"kind": kind, **what})

    def _send(self, socket, message):
        self._do("send", socket=socket, message=message)

    def _backoff(self, failures):
        """Full jitter: devices that were disconnected together do not come back together."""
        return self.random * min(self.timing["backoff_cap_ms"], self.timing["backoff_base_ms"] * 2 ** min(failures, 60))

    def _spread(self, ms):
        return ms * (1 + self.random) / 2

    # -- From nothing to `auth_success` --

    def _begin_attempt(self):
        token = self.token
        if token and token.expires_at is not None and token.expires_at - self.now < MIN_TOKEN_LIFE_MS:
            self.ask_for = self.ask_for or "expired"
        if self.ask_for is None:
            return self._open()
        deadline = self.now + self.timing["token_timeout_ms"]
        self.attempt = Attempt("token", deadline, request=self._ask(self.ask_for))

    def _ask(self, why):
        self.requests += 1
        self._do("ask_token", request=self.requests, why=why)
        return self.requests

    def _token_came(self, put):
        """A late answer, to a request that is over, is nobody's."""
        attempt, session = self.attempt, self.session
        if attempt and attempt.at == "token" and attempt.request == put["request"]:
            if "text" not in put:
                return self._fail_attempt({"kind": "token", "message": put["problem"]})
            self.token = Token(put["text"], self.ask_for or "first", self.now)
            self.ask_for = None
            self._open()
        elif session and session.renewal.at == "asking" and session.renewal.request == put["request"]:
            if "text" not in put:
                return self._fail_renewal(session)
            token = Token(put["text"], "renewal", self.now)
            session.renewal = Renewal("sent", self.now + self.timing["answer_timeout_ms"], token=token)
            self._send(session.socket, {"type": "authenticate", "token": token.text})

    def _open(self):
        self.sockets += 1
        self.attempt = Attempt("opening", self.now + self.timing["open_timeout_ms"], socket=self.sockets)
        self._do("open", socket=self.sockets)

    def _authenticate(self, socket):
        """The socket is open: the one message that may be sent now."""
        deadline = self.now + self.timing["auth_timeout_ms"]
        self.attempt = Attempt("authenticating", deadline, socket=socket, opened_at=self.now)
        message = {
            "type": "authenticate",
            "token": self.token.text,
            "restaurant_id": self.settings["restaurant_id"],
            "connection_type": self.settings["connection_type"],
        }
        batch = {"batch": True} if self.settings["batch"] else {}
        self._send(socket, {**message, **batch, **_present(device_id=self.settings["device_id"])})

    def _fail_attempt(self, cause, **advice):
        """The attempt came to nothing. Another follows, later each time."""
        if self.attempt.socket is not None:
            self._do("close", socket=self.attempt.socket)
        if cause["kind"] == "final_message":
            self.unanswered_closes = 0
        if cause["kind"] == "unanswered":
            self.unanswered_closes += 1
            if self.unanswered_closes >= MAX_UNANSWERED:
                self.unanswered_closes = 0
                self.ask_for = self.ask_for or "unanswered"
        self._wait(cause, **advice)
        self.failures += 1

    def _wait(self, cause, retry_after_ms=0, pace_ms=0, ask=None):
        """The jitter comes on top of the time that the gateway asks for: it tells every device the same."""
        not_before = self.now + retry_after_ms
        backoff = self._backoff(self.failures + self.short_sessions)
        retry_at = max(not_before + backoff, self.now + self._spread(pace_ms))
        paused_until = self.now + self._spread(self.timing["paused_retry_ms"])
        self.ask_for = ask or self.ask_for
        self.attempt = Attempt("waiting", retry_at, not_before=not_before, paused_until=paused_until, cause=cause)

    def _follow_advice(self, final, go_on):
        """The gateway's last message: stops where another try is no use, else goes on as advised. No token ends the client."""
        if not final["reconnect"]:
            return self._end_with({"why": "refused", "reason": final["reason"], "error": final["error"]})
        cause = {"kind": "final_message", "reason": final["reason"], "error": final["error"]}
        wait = {"retry_after_ms": final["retry_after_ms"]}
        if not final["reauthenticate"]:
            return go_on(cause, **wait)
        if final["reason"] == "session_expired":
            return go_on(cause, **wait, ask="expired")
        return go_on(cause, **wait, pace_ms=self._refuse_token(), ask="refused")

    def _refuse_token(self):
        """How long to wait before the next token: nothing, unless a fresh one was refused. Fresh is an age and no label."""
        token, refused_before = self.token, self.refused_token
        if token is None or token.accepted:
            return 0
        self.refused_token = token.text
        is_young = self.now - token.came_at <= self.timing["fresh_token_ms"]
        if token.why == "first" or not is_young or token.text == refused_before:
            return 0
        self.refusals += 1
        return min(self.timing["refused_retry_cap_ms"], self.timing["refused_retry_ms"] * 2 ** (self.refusals - 1))

    def _retry_sooner(self):
        """A hint that now is a better moment. Each one that helped nothing makes the next one weaker."""
        attempt = self.attempt
        if attempt and attempt.at == "waiting" and not attempt.was_hurried:
            soon = self.now + self._backoff(self.wakes)
            self.wakes += 1
            attempt.deadline = max(attempt.not_before, min(attempt.deadline, soon))
            attempt.was_hurried = True

    def _attempt_due_at(self):
        attempt = self.attempt
        if attempt and attempt.at == "waiting" and self._is_paused():
            return max(attempt.deadline, attempt.paused_until)
        return attempt and attempt.deadline

    def _attempt_due(self):
        due = self._attempt_due_at()
        if due is None or due > self.now:
            return
        if self.attempt.at == "waiting":
            self._begin_attempt()
        elif self.attempt.at == "token":
            self._fail_attempt({"kind": "token", "message": "The token provider does not answer."})
        else:
            self._fail_attempt({"kind": "handshake" if self.attempt.at == "opening" else "unanswered"})

    # -- A session's life --

    def _open_session(self, attempt, accepted):
        """If there is a session, this is a hand-over: the old connection is kept for a moment, for what is on its way."""
        timing, now = self.timing, self.now
        if self.session:
            self._drop_old()
            self.old = (self.session.socket, now + timing["drain_ms"])
        self.attempt = self.ask_for = self.refused_token = None
        self.failures = self.wakes = self.unanswered_closes = self.refusals = 0
        self.allowance, self.allowance_at = BURST, now
        self.user = _user_of(accepted["identity"])
        # Somebody else's place in the stream says nothing of what this user's device shows.
        if self.cursor_of and not _same_user(self.cursor_of, self.user):
            self.feed = Feed()
        self.cursor_of = None
        # Spread out: a restaurant's devices connected together.
        lead = timing["hand_over_lead_ms"] * (1 + self.random)
        hand_over_at = max(now + timing["steady_ms"], attempt.opened_at + timing["max_connection_ms"] - lead)
        opened_at = attempt.opened_at
        self.session = Session(
            socket=attempt.socket,
            identity=accepted["identity"],
            opened_at=opened_at,
            started_at=now,
            expires_at=now,
            hand_over_at=hand_over_at,
            renewal=Renewal("planned", now),
            # What it tells of the newest event is from then, or later.
            heard_at=opened_at,
            # By which the gateway's stamps become times of the device, none of them too late.
            gateway_ahead_ms=math.inf if accepted["at"] is None else accepted["at"] - opened_at,
            network_name=self.network_name,
        )
        self._extend(self.session, self.token, accepted)

    def _extend(self, session, token, accepted):
        """It lasts as long as the gateway says, never shorter than before and never beyond the age of a connection."""
        timing, now, told = self.timing, self.now, accepted["remaining_ms"]
        ends_by_age_at = session.opened_at + timing["max_connection_ms"]
        told_at = now + (timing["max_connection_ms"] if told is None else told)
        session.expires_at = min(ends_by_age_at, max(session.expires_at, told_at))
        ends_by_token = session.expires_at < ends_by_age_at - AGE_TOLERANCE_MS
        # One to two leads before the end, or half-way when there is not so much time; never at once.
        lead = min((session.expires_at - now) / 2, timing["renewal_lead_ms"] * (1 + self.random))
        session.renewal = Renewal("planned", max(now + 1_000, session.expires_at - lead) if ends_by_token else math.inf)
        session.renewal_failures = 0
        session.identity = accepted["identity"]
        self.gateway_ahead_ms = 0 if accepted["at"] is None else accepted["at"] - now
        told_ms = self.heartbeat_ms if accepted["ping_interval_ms"] is None else accepted["ping_interval_ms"]
        self.heartbeat_ms = min(max(told_ms, LEAST_HEARTBEAT_MS), LONGEST_HEARTBEAT_MS)
        self.retention_ms = self.retention_ms if accepted["retention_ms"] is None else accepted["retention_ms"]
        if token:
            expires_at = session.expires_at if ends_by_token else None
            self.token = Token(token.text, token.why, token.came_at, accepted=True, expires_at=expires_at)
        self._learn_head(accepted["head"])

    def _fail_renewal(self, session):
        """The session goes on as it was; the renewal is tried again, later each time."""
        session.renewal_failures += 1
        due_at = self.now + self.timing["backoff_base_ms"] + self._backoff(session.renewal_failures)
        session.renewal = Renewal("planned", due_at)

    def _lose_session(self, cause, **advice):
        """The connection is gone, or given up. A hand-over that is under way becomes the attempt to connect."""
        session, attempt = self.session, self.attempt
        self.session = None
        self._forget_connection(session.socket)
        if not session.is_leaving:
            self._count_short(session)
        self._wait(cause, **advice)
        if attempt and not (attempt.at == "waiting" and advice.get("retry_after_ms")):
            self.attempt = attempt

    def _forget_connection(self, socket):
        if self.feed.pull and self.feed.pull["socket"] == socket:
            self.feed.pull, self.feed.pull_not_before = None, 0
        one = self._unanswered()
        if one and one.sent_on == socket:
            one.sent_on, one.not_before = None, 0
        # Between two pages it is under way on no connection: the next page is asked for on whichever there is.
        asking = self.asking
        if asking and (self.session is None if asking.answer_by is None else asking.socket == socket):
            self._tell_who(code="not_connected")
        self._do("close", socket=socket)

    def _drop_old(self):
        if self.old:
            self._forget_connection(self.old[0])
        self.old = None

    def _count_short(self, session):
        is_short = self.now - session.started_at < self.timing["steady_ms"]
        self.short_sessions = self.short_sessions + 1 if is_short else 0

    def _close_session(self, session, final):
        """Going away leaves time for a hand-over, everything else is the end of the session."""

        def go_on(cause, **advice):
            if final["reason"] != "going_away":
                return self._lose_session(cause, **advice)
            if session.is_leaving:
                return
            session.is_leaving = True
            self._count_short(session)
            if self.attempt is None:
                self._wait(cause, **advice)

        self._follow_advice(final, go_on)

    def _hear(self, session, at):
        """Something came that tells how far the events have come, as of a moment that may be a while ago. Nothing else puts the ping
        off: an event that was lost since then is found by the next one."""
        session.heard_at = max(session.heard_at, min(at, self.now))
        if session.heard_at >= session.pinged_at:
            session.pong_by, session.slept_through = None, False

    def _hear_nothing(self, session):
        """The gateway is there and cannot tell now: no reason for a new connection, and one to ask again soon."""
        if session.pong_by is not None:
            self.doubt_at = self.now
            self._hear(session, self.now)

    def _probe(self):
        """A hint that the connection may be dead: asks, and does not wait long for the answer."""
        session = self.session
        if session and session.pong_by is None and self.now - session.pinged_at >= MIN_PING_GAP_MS:
            self._ping(session, self.timing["probe_timeout_ms"])

    def _ping(self, session, timeout_ms):
        session.pinged_at, session.pong_by = self.now, self.now + timeout_ms
        self._send(session.socket, {"type": "ping"})

    def _heartbeat_at(self, session):
        """When the silence has been long enough to ask. Where the connection is in doubt it takes less."""
        if session.pong_by is not None:
            return session.pong_by
        silent_at = self.silences.get(self.network_name)
        # A time to come is of a clock that was wrong.
        was_silent = silent_at is not None and abs(self.now - silent_at) < DAY_MS
        doubtful_from = session.heard_at if was_silent else max(session.heard_at, self.doubt_at)
        usual_at = session.heard_at + (self.timing["heartbeat_ms"] or self.heartbeat_ms)
        return min(usual_at, doubtful_from + self.timing["doubtful_heartbeat_ms"])

    def _session_due_at(self):
        session = self.session
        if session is None:
            return []
        hand_over_at = None if self.attempt else session.hand_over_at
        return [session.expires_at, self._heartbeat_at(session), session.renewal.due_at, hand_over_at]

    def _session_due(self):
        session, now = self.session, self.now
        if session is None:
            return
        if session.expires_at <= now:
            return self._lose_session({"kind": "expired"})
        if self._heartbeat_at(session) <= now and not self._beat(session):
            # Otherwise the change of network is reason enough.
            if session.network_name == self.network_name:
                self.silences = {**self.silences, self.network_name: now}
            return self._lose_session({"kind": "silence"})
        if self.attempt is None and session.hand_over_at <= now:
            self._begin_attempt()
        if session.renewal.due_at <= now:
            if session.renewal.at != "planned":
                return self._fail_renewal(session)
            session.renewal = Renewal("asking", now + self.timing["token_timeout_ms"], request=self._ask("renewal"))

    def _beat(self, session):
        """Whether the connection may still be alive: then it was asked."""
        missed = session.pong_by
        if missed is not None:
            # On a host whose timers are coarse every deadline is noticed late: the second miss in a row counts.
            if session.slept_through or self.now - missed <= SLEPT_MS:
                return False
            session.slept_through = True
        # The first silence after a doubtful moment is over; to have slept is one.
        self.doubt_at = math.inf if missed is None else self.now
        self._ping(session, self.timing["pong_timeout_ms" if missed is None else "probe_timeout_ms"])
        return True

    # -- Events: each delivered once, in order, holes found and filled --

    def _learn_head(self, head):
        """The newest event, as the connection in use tells it. It may be stale: it never moves the cursor back."""
        feed = self.feed
        if head is None:
            # It is asked again soon.
            self.doubt_at = self.now
            return
        if feed.cursor is None:
            return self._start_at(head, "start")
        known = feed.cursor["epoch"]
        # A stream gets its name with its first event, and keeps it.
        if head["epoch"] == "":
            return
        if known not in ("", head["epoch"]):
            return self._start_at(head, "epoch_changed")
        feed.cursor = {"epoch": head["epoch"], "seq": feed.cursor["seq"]}
        feed.wanted = max(feed.wanted, head["seq"])

    def _receive_event(self, event):
        feed, epoch = self.feed, event["epoch"]
        if epoch == feed.past_epoch:
            return
        if feed.cursor is None or feed.cursor["epoch"] != epoch:
            self._learn_head({"epoch": epoch, "seq": event["prev_seq"]})
        self._release(*self._released([event], 0))

    def _released(self, arrived, up_to):
        """What has become next, with what a page vouches for up to a number, and what came too early. Nothing is changed yet."""
        feed = self.feed
        cursor, wanted, held, outputs = feed.cursor, feed.wanted, [], []
        for event in sorted([*feed.held, *arrived], key=lambda one: one["seq"]):
            seq = event["seq"]
            if seq <= cursor["seq"] or (held and held[-1]["seq"] == seq):
                continue
            if event["prev_seq"] <= max(cursor["seq"], up_to):
                outputs.append({"kind": "deliver", "event": event})
                cursor = {"epoch": event["epoch"], "seq": seq}
            elif len(held) < MAX_HELD:
                held.append(event)
                wanted = max(wanted, event["prev_seq"])
            else:
                wanted = max(wanted, seq)
        if up_to > cursor["seq"]:
            cursor = {"epoch": cursor["epoch"], "seq": up_to}
            outputs.append({"kind": "cursor", "cursor": cursor})
        return cursor, wanted, held, outputs

    def _release(self, cursor, wanted, held, outputs):
        self.feed.cursor, self.feed.wanted, self.feed.held = cursor, wanted, held
        self.effects.extend(outputs)

    def _start_at(self, cursor, reason):
        """Begins at a place that the application has to reach by a snapshot of its own."""
        feed = self.feed
        before = feed.cursor and feed.cursor["epoch"]
        feed.past_epoch = feed.past_epoch if before == cursor["epoch"] else before
        feed.cursor, feed.wanted, feed.vain, feed.pull_not_before = cursor, cursor["seq"], 0, 0
        feed.held = [one for one in feed.held if one["epoch"] == cursor["epoch"]]
        self._do("gap", reason=reason, cursor=cursor)
        self._release(*self._released([], 0))

    def _receive_page(self, socket, page):
        """A page that nobody asked for on this connection is dropped: nothing says where it begins."""
        feed, head, next_after = self.feed, page["head"], page["next_after"]
        pull = feed.pull
        if pull is None or pull["socket"] != socket or feed.cursor is None:
            return
        feed.pull = None
        epoch, seq = feed.cursor["epoch"], feed.cursor["seq"]
        if head["epoch"] != epoch:
            return None if head["epoch"] == feed.past_epoch else self._start_at(head, "epoch_changed")
        # Asked before the epoch changed: where this page begins in the new stream, nobody knows.
        if pull["epoch"] != epoch:
            return
        if page["gap"]:
            return self._start_at({"epoch": epoch, "seq": max(seq, head["seq"], next_after)}, "horizon_passed")
        wanted_before = feed.wanted
        feed.wanted = max(feed.wanted, head["seq"], next_after + 1 if page["more"] else 0)
        # It begins at or before the cursor, which only grows: what follows the cursor follows without a hole.
        events = [event for event in page["events"] if event["epoch"] == epoch]
        step = self._released(events, max([next_after, *(event["seq"] for event in events)]))
        is_further = step[0]["seq"] > seq
        if is_further or page["retry_after_ms"] > 0:
            self._release(*step)
            feed.vain = 0 if is_further else feed.vain
            # Told to wait, it is not in vain, however little came: the rest will be read then, and not sooner.
            if page["retry_after_ms"] > 0:
                feed.pull_not_before = self.now + max(page["retry_after_ms"], self.timing["backoff_base_ms"])
        elif feed.vain + 1 < MAX_VAIN:
            feed.wanted = wanted_before
            feed.pull_not_before = self.now + self.timing["backoff_base_ms"] + self._backoff(feed.vain)
            feed.vain += 1
        else:
            # Whoever announced more was ahead of what can be read, or lied. Events beyond the hole are evidence, a head alone is none.
            feed.wanted, feed.vain = seq, 0
            if feed.held:
                self._start_at({"epoch": feed.held[0]["epoch"], "seq": feed.held[0]["prev_seq"]}, "missing")

    def _is_behind(self):
        return self.feed.cursor is not None and self.feed.wanted > self.feed.cursor["seq"]

    # -- What is sent of its own accord, no faster than the gateway allows --

    def _send_due(self):
        """Missed events go first."""
        at = self._pull_at()
        if at is not None and at <= self.now:
            self._pull()
        at = self._publish_at()
        if at is not None and at <= self.now:
            self._publish()
        at = self._who_at()
        if at is not None and at <= self.now:
            self._spend()
            self.asking.answer_by = self.now + self.timing["answer_timeout_ms"]
            message = {"type": "who", "id": self.asking.id, **_present(after=self.asking.after)}
            # A younger connection may have taken over since the page before.
            self.asking.socket = self.session.socket
            self._send(self.asking.socket, message)

    def _pull(self):
        self.replays += 1
        self.doubt_at = self.now
        replay, cursor, socket = f"replay-{self.replays}", self.feed.cursor, self.session.socket
        answer_by = self.now + self.timing["answer_timeout_ms"]
        self.feed.pull = {"socket": socket, "id": replay, "epoch": cursor["epoch"], "answer_by": answer_by}
        self._spend()
        self._send(socket, {"type": "replay", "id": replay, "after": cursor["seq"]})

    def _publish(self):
        one = self._next_to_send()
        # The storage has not answered in time: the others do not wait as long.
        if self.keeps and one.stored != "marked":
            self.keeps = False
        one.sent_on, one.answer_by = self.session.socket, self.now + self.timing["answer_timeout_ms"]
        one.tries += 1
        self._spend()
        self._do("send", socket=self.session.socket, text=one.text)

    def _pull_at(self):
        return self._allowed_at(self.feed.pull_not_before) if self._is_behind() and not self.feed.pull else None

    def _publish_at(self):
        one = None if self._unanswered() else self._next_to_send()
        if one is None:
            return None
        # No sooner than the storage has it, unless that takes too long.
        is_waiting = self.keeps and one.stored != "marked"
        return self._allowed_at(max(one.not_before, one.store_by) if is_waiting else one.not_before)

    def _who_at(self):
        asking = self.asking
        return self._allowed_at(asking.not_before) if asking and asking.answer_by is None else None

    def _allowed_at(self, since):
        """When a message that may be sent from a time on will be. Whole milliseconds: a timer cannot wait for less."""
        if self.session is None or self.session.is_leaving:
            return None
        if self.allowance >= 1:
            return since
        return max(since, self.allowance_at + math.ceil((1 - self.allowance) / PER_MS))

    def _spend(self):
        refilled = min(BURST, self.allowance + (self.now - self.allowance_at) * PER_MS)
        self.allowance, self.allowance_at = max(0, refilled - 1), self.now

    def _sending_due_at(self):
        one, pull = self._unanswered(), self.feed.pull
        expiries = [
            other.expires_at for other in self.outbox if other.is_awaited or (self.session and not other.returned)
        ]
        answers = [pull and pull["answer_by"], one and one.answer_by, self.asking and self.asking.answer_by]
        return [self._pull_at(), self._publish_at(), self._who_at(), *answers, *expiries]

    def _unanswered_due(self):
        """Answers that did not come, and publications whose time is over."""
        self._fail(lambda one: one.is_awaited and one.expires_at is not None and one.expires_at <= self.now, "timeout")
        if self.asking and self.asking.answer_by is not None and self.asking.answer_by <= self.now:
            self._tell_who(code="timeout")
        if self.feed.pull and self.feed.pull["answer_by"] <= self.now:
            self._delay_pull()
        one = self._unanswered()
        if one and one.answer_by <= self.now:
            # Once: where that did not help, the heartbeat finds out.
            if self.doubt_at > self.now:
                self._probe()
            self.doubt_at = self.now
            self._delay_publication()

    def _serve_error(self, error):
        """The gateway could not serve a message. By its id it is known which; without one, by what is unanswered."""
        session, reason, name = self.session, error["reason"], error.get("id")
        one = self._unanswered()
        one = one if one and one.sent_on == session.socket else None
        if name is not None and self.feed.pull and name == self.feed.pull["id"]:
            return self._delay_pull()
        if name is not None and self.asking and name == self.asking.id:
            return self._tell_who(code=reason)
        if name is not None and (one is None or name != one.id):
            return
        is_transient = reason in ("rate_limited", "unavailable")
        if name is None and session.renewal.at == "sent" and (is_transient or one is None):
            return self._fail_renewal(session)
        # Too fast is nobody's fault in particular: the next one would be too fast as well.
        if reason == "rate_limited":
            self.allowance, self.allowance_at = min(0, self.allowance), self.now
        if is_transient:
            return self._repeat_later() if name is None else self._delay_publication(reason)
        code = reason if reason in ("forbidden", "malformed_message", "unknown_type") else "refused"
        self._fail(lambda other: other is one, code, reason, error.get("field"))

    def _repeat_later(self):
        """Whatever is under way may or may not have had an effect: it is asked or sent again, with the same id."""
        self._delay_pull()
        self._delay_publication()

    def _delay_pull(self):
        if self.feed.pull:
            self.feed.pull, self.feed.pull_not_before = None, self._later(self.feed.vain)

    def _delay_publication(self, reason=None):
        one = self._unanswered()
        if one:
            one.sent_on, one.not_before = None, self._later(one.tries)
            one.setbacks += 0 if reason == "rate_limited" else 1

    def _later(self, tries):
        """At least a second: what was refused for speed must not come faster."""
        return self.now + 1_000 + self._backoff(tries)

    # -- Who is there: one question at a time, and whoever asks meanwhile hears its answer --

    def _ask_who(self):
        if self.asking:
            return
        if self.session is None or self.session.is_leaving:
            return self._tell_who(code="not_connected")
        self.questions += 1
        self.asking = Asking(f"who-{self.questions}", self.session.socket, self.now)

    def _hear_who(self, page):
        asking = self.asking
        if asking is None or asking.id != page["id"]:
            return
        asking.sessions += page["sessions"]
        if not page["more"]:
            return self._tell_who(sessions=asking.sessions)
        asking.after = asking.after if page["next"] is None else page["next"]
        asking.answer_by = None
        asking.not_before = self.now + page["retry_after_ms"]

    def _tell_who(self, **told):
        self.asking = None
        self._do("present", **told)

    # -- Publications: in order, one at a time, so that an answer without an id is known to be the first one's --

    def _enqueue(self, put):
        known = next((one for one in self.outbox if one.id == put["id"]), None)
        # What is on its way is the same publication, in the words in which it was sent before.
        if known and not known.returned:
            known.is_awaited = True
            return
        added = Publication(put["id"], put["text"], self.now, put.get("expires_at"), self.user or self.settings["user"])
        self.outbox = [*(one for one in self.outbox if one is not known), added]
        limit = None
        if len(self.outbox) > self.settings["max_queued"]:
            limit = "max_queued"
        elif sum(len(one.text) for one in self.outbox) > self.settings["max_queued_chars"]:
            limit = "max_queued_chars"
        if limit:
            self._fail(lambda one: one is added, "queue_full", field_name=limit)

    def _restored(self, put):
        """What an earlier process left, before what this one has published meanwhile."""
        cursor = put.get("cursor")
        if cursor and self.feed.cursor is None:
            self.feed = Feed({"epoch": cursor["epoch"], "seq": cursor["seq"]})
            self.cursor_of = cursor.get("user")
        self.silences = {**put.get("silences", {}), **self.silences}
        found = []
        for kept in put["publications"]:
            made = next((one for one in self.outbox if one.id == kept["id"]), None)
            # It was given back, and the application has published it again.
            if made and kept.get("returned"):
                found.append(made)
                continue
            one = made or Publication(kept["id"], kept["text"], kept["since"], is_awaited=False)
            one.text, one.since = kept["text"], kept["since"]
            one.expires_at, one.user = kept.get("expires_at"), kept.get("user")
            one.sent_at, one.returned = kept.get("sent_at"), kept.get("returned")
            one.tries += one.sent_at is not None
            one.stored = "kept" if one.sent_at is None else "marked"
            found.append(one)
        self.outbox = [*found, *(one for one in self.outbox if one not in found)]
        self.keeps = True
        for one in found:
            if one.returned:
                self._do("returned", id=one.id)

    def _judge(self):
        """Once somebody is let in: whose each publication is, which may be sent from now on, and which no longer."""
        if self.session is None:
            # None of these was sent after all, and none will be before the next session.
            for one in self.outbox:
                if one.sent_at is not None and one.tries == 0:
                    one.sent_at, one.stored = None, "no" if one.stored == "no" else "kept"
            return
        gateway_now = self.now + self.gateway_ahead_ms
        for one in list(self.outbox):
            if one.returned and one.returned["code"] != "other_user":
                continue
            owner = one.user or (self.user if one.is_awaited else None)
            if owner is None or not _same_user(owner, self.user):
                if not one.returned:
                    self._give_back(one, {"code": "other_user", "reason": "other_user"})
                continue
            is_over = not one.is_awaited and one.expires_at is not None and one.expires_at <= self.now
            was_sent = one.tries > 0
            if is_over or (was_sent and one.sent_on is None and self._is_too_old(gateway_now - (one.sent_at or 0))):
                self._fail(lambda other, one=one: other is one, "may_have_been_accepted" if was_sent else "timeout")
            elif one.returned or one.user is None or one.sent_at is None:
                one.user = owner if owner.get("issuer") is not None else self.user
                one.returned = None
                one.sent_at = gateway_now if one.sent_at is None else one.sent_at
                one.store_by = self.now + self.timing["store_timeout_ms"]

    def _is_too_old(self, age_ms):
        """Whether the gateway may have forgotten the id of what was sent so long ago."""
        return age_ms < -CLOCK_TOLERANCE_MS or age_ms > self.retention_ms - RETENTION_MARGIN_MS

    def _unanswered(self):
        return next((one for one in self.outbox if one.sent_on is not None), None)

    def _next_to_send(self):
        """The first, unless it has stepped aside until its time comes: it may be one that can never go."""
        chosen = None
        for one in self.outbox:
            if one.returned:
                continue
            if chosen is None or one.not_before < chosen.not_before:
                chosen = one
            if one.setbacks < MAX_SETBACKS:
                break
        return chosen

    def _settle(self, which, result):
        for one in self.outbox:
            if which(one):
                self._do("settle", id=one.id, **result)
        self.outbox = [one for one in self.outbox if not which(one)]

    def _fail(self, which, code, reason=None, field_name=None):
        """Whoever waits for a publication hears of it there; what an earlier process left is given back, and stays until it is discarded."""
        why = {"code": code, "reason": reason or code, **({"field": field_name} if field_name else {})}
        failed = [one for one in self.outbox if which(one)]
        self._settle(lambda one: one.is_awaited and one in failed, why)
        for one in failed:
            if not one.is_awaited:
                self._give_back(one, why)

    def _give_back(self, one, why):
        one.returned, one.sent_on = why, None
        self._do("returned", id=one.id)

    # -- The end --

    def _end_with(self, end):
        """The one way to stop for good: every connection is closed and every publication settled."""
        sockets = [self.attempt and self.attempt.socket, self.session and self.session.socket, self.old and self.old[0]]
        for socket in sockets:
            if socket is not None:
                self._do("close", socket=socket)
        self.attempt = self.session = self.old = self.token = None
        self.end = end
        self._forget_all()
        self._do("end", **end)

    def _forget_all(self):
        if self.asking:
            self._tell_who(code="not_connected")
        self._settle(lambda one: True, {"code": "ended", "reason": "ended"})

    # -- What an application sees --

    def view(self):
        session = self.session
        return {
            "state": self._state(),
            "session": session and {**session.identity, "expires_at": session.expires_at},
            "pending": [_pending(one) for one in self.outbox],
            # What a storage has is left alone at the end.
            **({"kept": None if self.end else [_kept(one) for one in self.outbox]} if self.settings["keeps"] else {}),
            **({"silences": self.silences} if self.silences else {}),
            "timer": self.due_at(),
        }

    def _state(self):
        attempt = self.attempt
        if self.end is not None:
            return {"status": "ended", "end": self.end}
        if self.session:
            events = "catching_up" if self._is_behind() else "live"
            return {"status": "connected", "events": events, "hand_over": "under_way" if attempt else "none"}
        if attempt is None or attempt.at != "waiting":
            steps = {"opening": "socket", "authenticating": "authentication"}
            return {"status": "connecting", "step": steps.get(attempt.at, "token") if attempt else "token"}
        why = "token_refused" if self.refusals > 0 else "backoff"
        if self.app == "background":
            why = "background"
        if self.network == "offline":
            why = "offline"
        cause = {"cause": attempt.cause} if attempt.cause else {}
        retry_at = self._attempt_due_at()
        return {"status": "waiting", "why": why, "retry_at": retry_at, "failures": self.failures, **cause}


def _user_of(identity):
    return {name: identity[name] for name in ("issuer", "user_id") if name in identity}


def _same_user(one, other):
    issuers = {user["issuer"] for user in (one, other) if user.get("issuer") is not None}
    return one["user_id"] == other["user_id"] and len(issuers) < 2


def _present(**fields):
    return {name: value for name, value in fields.items() if value is not None}


def _pending(one):
    state = "returned" if one.returned else "sent" if one.tries > 0 else "waiting"
    return _present(id=one.id, state=state, is_kept=one.stored != "no", user=one.user, returned=one.returned)


def _kept(one):
    """What of a publication outlives the process. Whose turn it is, the next session tells."""
    returned = None if one.returned and one.returned["code"] == "other_user" else one.returned
    fields = {"expires_at": one.expires_at, "user": one.user, "sent_at": one.sent_at, "returned": returned}
    return _present(id=one.id, text=one.text, since=one.since, **fields)


# ---- The shell ----


class PublishError(Exception):
    """A publication failed. Of `timeout` and `ended` it is not known whether it was published; the same id again is safe."""

    def __init__(self, id, code, reason, field=None):
        super().__init__(f"The event {id} was not published: {reason}{f', {field}' if field else ''}")
        self.id, self.code, self.reason, self.field = id, code, reason, field


class WhoError(Exception):
    """Who is there is not known: `not_connected`, `timeout`, or the gateway's reason."""

    def __init__(self, code):
        super().__init__(f"Who is there is not known: {code}")
        self.code = code


class Client:
    """A connection to one restaurant that keeps itself alive until it is closed or nothing can help any more.

    Made and used within one asyncio event loop. It keeps nothing across restarts: the machine can, once a shell has a storage and puts
    in `restored` and `stored`.

    url: of the gateway, or a function that yields it or an awaitable of it, asked at each connect. It may raise: it is asked again, later.
    get_token: called with why a token is needed, yields its text or an awaitable of it. For every reason but `first` one from a cache
        will not do. It may raise: it is asked again, later.
    cursor: where to go on, as `client.cursor` of an earlier process said.
    trace: called with `sent` or `received`, and the frame. Frames that are sent hold tokens.
    """

    def __init__(self, url, get_token, *, on_event=None, on_gap=None, on_state=None, trace=None, cursor=None, **settings):
        self.url, self.get_token, self.cursor = url, get_token, cursor
        self.on_event, self.on_gap, self.on_state, self.trace = on_event, on_gap, on_state, trace
        self.machine = Machine(settings, cursor)
        self.sockets = {}  # those that are open, by their number
        self._tasks, self._outgoing, self._waiting, self._asked = {}, {}, {}, []
        self._inputs, self._is_stepping, self._timer = [], False, None
        self._protocols = None
        self._shown = None
        self._clock_started = time.time() * 1000 - time.monotonic() * 1000
        self._ended = asyncio.get_running_loop().create_future()

    async def run(self):
        """Connects, and stays connected. Yields why it ended."""
        self._put({"kind": "start"})
        end = await self._ended
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        return end

    def publish(self, type, data, id=None, timeout_ms=300_000):
        """A future of the id that the gateway gave the event. `id` is the idempotency key: another one is another event."""
        id = id or str(uuid.uuid4())
        text = json.dumps({"type": type, "id": id, "data": data}, allow_nan=False)
        if id not in self._waiting:
            self._waiting[id] = asyncio.get_running_loop().create_future()
        waiting = self._waiting[id]
        self._put({"kind": "publish", "id": id, "text": text, "expires_at": self._now() + timeout_ms})
        return waiting

    def who(self):
        """A future of the sessions that are there, in the words of `present`. It fails at once where the client is not connected."""
        asked = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._put({"kind": "who"})
        return asked

    def signal(self, signal):
        """What the platform says: `online`, `offline`, `network_changed`, `foreground` or `background`."""
        self._put({"kind": "signal", "signal": signal})

    def network(self, name):
        """Which network it is, where the platform tells: one that forgets silent connections is remembered by its name."""
        self._put({"kind": "network", "name": name})

    def close(self):
        self._put({"kind": "close"})

    def _now(self):
        """Epoch milliseconds, by a clock that is never set back: deadlines would move away with it."""
        return round(self._clock_started + time.monotonic() * 1000)

    def _put(self, put):
        """One input at a time: what handlers and effects put in waits for its turn."""
        self._inputs.append(put)
        if self._is_stepping:
            return
        self._is_stepping = True
        try:
            while self._inputs:
                for effect in self.machine.step(self._inputs.pop(0), self._now(), random.random()):
                    self._perform(effect)
                self._show()
        except Exception as error:
            # A bug of this file. Whoever awaits `run` is told, instead of waiting for ever.
            if not self._ended.done():
                self._ended.set_exception(error)
            raise
        finally:
            self._is_stepping = False
        self._set_timer()

    def _perform(self, effect):
        kind, socket = effect["kind"], effect.get("socket")
        if kind == "ask_token":
            self._start(("token", effect["request"]), self._ask(effect["request"], effect["why"]))
        elif kind == "open":
            self._outgoing[socket] = asyncio.Queue()
            self._start(socket, self._connection(socket))
        elif kind == "send":
            text = effect["text"] if "text" in effect else json.dumps(effect["message"])
            if socket in self._outgoing:
                self._outgoing[socket].put_nowait(text)
        elif kind == "close":
            # Forgotten first: nothing more is read there.
            if self._outgoing.pop(socket, None) and socket in self._tasks:
                self._tasks[socket].cancel()
        elif kind == "deliver":
            event = effect["event"]
            self.cursor = {"epoch": event["epoch"], "seq": event["seq"]}
            self._call(self.on_event, event)
        elif kind in ("gap", "cursor"):
            self.cursor = effect["cursor"]
            if kind == "gap":
                self._call(self.on_gap, effect["reason"], effect["cursor"])
        elif kind == "settle":
            waiting = self._waiting.pop(effect["id"], None)
            if waiting and not waiting.done():
                if "event_id" in effect:
                    waiting.set_result(effect["event_id"])
                else:
                    waiting.set_exception(
                        PublishError(effect["id"], effect["code"], effect["reason"], effect.get("field"))
                    )
        elif kind == "present":
            asked, self._asked = self._asked, []
            for one in asked:
                if one.done():
                    continue
                one.set_exception(WhoError(effect["code"])) if "code" in effect else one.set_result(effect["sessions"])
        elif kind == "end":
            self._ended.set_result({name: value for name, value in effect.items() if name != "kind"})

    def _call(self, handler, *what):
        """A handler that fails is the application's affair: the client goes on."""
        try:
            if handler:
                handler(*what)
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler({"message": "a handler failed", "exception": error})

    def _show(self):
        state = self.machine.view()["state"]
        if state != self._shown:
            self._shown = state
            self._call(self.on_state, state)

    def _set_timer(self):
        if self._timer:
            self._timer.cancel()
        due_at = self.machine.due_at()
        self._timer = None
        if due_at is not None:
            wait = max(0, due_at - self._now()) / 1000
            self._timer = asyncio.get_running_loop().call_later(wait, self._put, {"kind": "time"})

    def _start(self, name, work):
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._tasks.pop(name, None))

    async def _ask(self, request, why):
        try:
            given = self.get_token(why)
            text = await given if inspect.isawaitable(given) else given
            answer = {"text": text} if isinstance(text, str) and text else {"problem": "The token provider gave no text."}
        except Exception as error:
            answer = {"problem": str(error)}
        self._put({"kind": "token", "request": request, **answer})

    async def _connection(self, number):
        """One socket, from its handshake to its end. What happens after the machine gave it up is told to nobody."""
        from websockets.asyncio.client import connect
        from websockets.exceptions import WebSocketException

        outgoing, code, writer, problem = self._outgoing[number], None, None, None
        # The protocol has pings of its own, and the gateway compresses nothing.
        options = {"subprotocols": self._protocols, "ping_interval": None, "compression": None, "close_timeout": 2}
        try:
            try:
                url = await self._address()
            except Exception as error:
                problem = str(error) or type(error).__name__
                return
            async with connect(url, **options) as socket:
                self.sockets[number] = socket
                writer = asyncio.create_task(self._write(socket, outgoing))
                self._tell(number, {"kind": "open"})
                async for text in socket:
                    if number in self._outgoing and isinstance(text, str):
                        self._call(self.trace, "received", text)
                        self._keep_pass(text)
                        self._tell(number, {"kind": "frame", "text": text})
                code = socket.close_code
        except (OSError, EOFError, asyncio.TimeoutError, WebSocketException):
            pass
        finally:
            self.sockets.pop(number, None)
            if writer:
                writer.cancel()
            self._tell(number, {"kind": "closed", "problem": problem} if problem else {"kind": "closed", "code": code or 1006})
            self._outgoing.pop(number, None)

    async def _address(self):
        if not callable(self.url):
            return self.url
        given = self.url()
        url = await given if inspect.isawaitable(given) else given
        if not isinstance(url, str) or not url.startswith(("ws://", "wss://")):
            raise ValueError("There is no address to connect to.")
        return url

    def _tell(self, number, put):
        if number in self._outgoing:
            self._put({**put, "socket": number})

    async def _write(self, socket, outgoing):
        while True:
            text = await outgoing.get()
            self._call(self.trace, "sent", text)
            try:
                await socket.send(text)
            except Exception:
                return  # The reader hears of it.

    def _keep_pass(self, text):
        """The re-entry pass: shown at the next handshake, so that it does not count for an address that strangers share."""
        message = parse_frame(text)
        if message["kind"] == "auth_success":
            self._protocols = message["pass"] and ["maitred.v1", f"maitred.pass.{message['pass']}"]
