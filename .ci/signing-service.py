"""Moto with its check of signatures and policies on, and a role that may do what a function does, but for Scan.

Prints one line of JSON, where it listens and the credentials of the role, and runs until its input ends.
"""

import json
import sys

import boto3
import requests
from moto.server import ThreadedMotoServer

REGION = "eu-central-1"
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
endpoint = "http://127.0.0.1:%d" % server.get_host_and_port()[1]
before = {"region_name": REGION, "endpoint_url": endpoint, "aws_access_key_id": "x", "aws_secret_access_key": "x"}

dynamodb = boto3.client("dynamodb", **before)
dynamodb.create_table(
    TableName="ours",
    AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"}],
    KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    BillingMode="PAY_PER_REQUEST",
)
sqs = boto3.client("sqs", **before)
queue_url = sqs.create_queue(QueueName="ours")["QueueUrl"]
events = boto3.client("events", **before)
bus_arn = events.create_event_bus(Name="ours")["EventBusArn"]

iam = boto3.client("iam", **before)
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
role = iam.create_role(RoleName="function", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
actions = ["BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"]
allowed = [
    *("dynamodb:" + action for action in actions),
    *("sqs:SendMessage", "sqs:SendMessageBatch", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibilityBatch", "events:PutEvents"),
]
policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": allowed, "Resource": "*"}]}
iam.put_role_policy(RoleName="function", PolicyName="own", PolicyDocument=json.dumps(policy))
session = boto3.client("sts", **before).assume_role(RoleArn=role["Arn"], RoleSessionName="function")["Credentials"]

# From here on nobody is let in unsigned.
requests.post(endpoint + "/moto-api/reset-auth", data=b"0", timeout=10).raise_for_status()
print(
    json.dumps(
        {
            "endpoint": endpoint,
            "region": REGION,
            "queueUrl": queue_url,
            "busArn": bus_arn,
            "credentials": {
                "accessKeyId": session["AccessKeyId"],
                "secretAccessKey": session["SecretAccessKey"],
                "sessionToken": session["SessionToken"],
            },
        }
    ),
    flush=True,
)
sys.stdin.read()
server.stop()
