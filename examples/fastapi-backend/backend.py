"""Stores every order that is taken, and confirms it by an event of its own. README.md says how to run it."""

import hashlib
import json
import os
import secrets
import sqlite3
from contextlib import closing
from typing import Annotated

import boto3
from botocore.config import Config
from fastapi import FastAPI, Header, HTTPException

KEY = os.environ.get("WEBHOOK_KEY", "").encode()
if not KEY:
    raise SystemExit("set WEBHOOK_KEY")
app = FastAPI()
# The bus waits 5 seconds for an answer; what took longer it posts again.
sqs = boto3.client("sqs", config=Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1}))


def database() -> sqlite3.Connection:
    return sqlite3.connect(os.environ.get("ORDERS_DB", "orders.db"), isolation_level=None)


with closing(database()) as db:
    # An event's number is its own in its restaurant and epoch, however often the event is posted.
    db.execute(
        "CREATE TABLE IF NOT EXISTS orders (restaurant_id TEXT, epoch TEXT, seq INTEGER, data TEXT NOT NULL,"
        " confirmed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (restaurant_id, epoch, seq))"
    )


@app.post("/hook", status_code=204)
def hook(event: dict, x_maitred_key: Annotated[str, Header()] = "") -> None:
    if not secrets.compare_digest(x_maitred_key.encode(), KEY):
        raise HTTPException(401)
    order = event["detail"]
    # What another backend calls an order is held to no schema: posted again, it would be none either.
    if event["detail-type"] != "order.created" or "order_id" not in order["data"]:
        return
    place = (order["restaurant_id"], order["epoch"], order["seq"])
    data = order.get("data_text") or json.dumps(order["data"])
    with closing(database()) as db:
        db.execute("INSERT OR IGNORE INTO orders (restaurant_id, epoch, seq, data) VALUES (?, ?, ?, ?)", (*place, data))
        of_this_order = "WHERE restaurant_id = ? AND epoch = ? AND seq = ?"
        if db.execute(f"SELECT 1 FROM orders {of_this_order} AND NOT confirmed", place).fetchone():
            # The same id each time: killed before the next line, this is done again and is still one event.
            confirm(order["restaurant_id"], f"confirmed-{order['epoch']}-{order['seq']}", order["data"]["order_id"])
            db.execute(f"UPDATE orders SET confirmed = 1 {of_this_order}", place)


def confirm(restaurant_id: str, id: str, order_id: str | int) -> None:
    data = {"order_id": order_id, "status": "confirmed"}
    body = json.dumps({"v": 1, "type": "order.status_changed", "id": id, "data": data})
    sqs.send_message(
        QueueUrl=os.environ["EVENT_QUEUE_URL"],
        MessageGroupId=restaurant_id,
        MessageDeduplicationId=hashlib.sha256(f"{restaurant_id}\n{body}".encode()).hexdigest(),
        MessageBody=body,
    )
