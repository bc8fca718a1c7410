"""A plain sequential client, for comparison: one thing after the other, a look every five seconds."""

import hashlib
import os
import sys
import time
from pathlib import Path

import requests

API, TOKENS = "https://api.imastudio.com/open/v1", "https://imapi.liveme.com/api/rest/oss/getuploadtoken"
KEY, MODEL = os.environ["IMA_API_KEY"], "gemini-3.1-flash-image"
APP = {"appId": "webAgent", "appKey": "32jdskjdk320eew", "appUid": KEY, "cmimToken": KEY}


def call(method, path, **options):
    headers = {"Authorization": f"Bearer {KEY}", "x-app-source": "ima_skills"}
    return requests.request(method, API + path, headers=headers, timeout=30, **options).json()["data"]


def leaves(nodes):
    for node in nodes:
        yield from leaves(node.get("children") or []) if node.get("children") else [node]


def upload(path):
    now, nonce = str(int(time.time())), os.urandom(11).hex()[:21]
    sign = hashlib.sha1(f"{APP['appId']}|{APP['appKey']}|{now}|{nonce}".encode()).hexdigest().upper()
    form = {**APP, "sign": sign, "timestamp": now, "nonce": nonce, "fService": "privite", "fType": "picture"}
    ticket = requests.post(TOKENS, {**form, "fSuffix": "png", "fContentType": "image/png"}, timeout=30).json()["data"]
    requests.put(ticket["ful"], Path(path).read_bytes(), headers={"Content-Type": "image/png"}, timeout=60)
    return ticket["fdl"]


def create(prompt, count, images):
    task = "image_to_image" if images else "text_to_image"
    tree = call("GET", "/product/list", params={"app": "ima", "platform": "web", "category": task})
    leaf = next(leaf for leaf in leaves(tree) if leaf.get("model_id") == MODEL)
    rule = next(rule for rule in leaf["credit_rules"] if rule["attributes"].get("size") == "1K")
    urls, cast = [upload(path) for path in images], {"points": rule["points"], "attribute_id": rule["attribute_id"]}
    inner = {"prompt": prompt, "n": count, "size": "1K", "aspect_ratio": "1:1", "input_images": urls, "cast": cast}
    outer = {"attribute_id": rule["attribute_id"], "credit": rule["points"], "app": "ima", "platform": "web"}
    names = {"model_id": MODEL, "model_name": leaf["name"], "model_version": leaf["id"], "category": task}
    body = {"task_type": task, "enable_multi_model": False, "src_img_url": urls}
    return call("POST", "/tasks/create", json={**body, "parameters": [{**outer, **names, "parameters": inner}]})["id"]


def main(out, prompt, count, *images):
    task_id, medias = create(prompt, int(count), images), []
    while not medias or any(media.get("resource_status") != 1 for media in medias):
        time.sleep(5)
        medias = call("POST", "/tasks/detail", json={"task_id": task_id})["medias"]
    for number, media in enumerate(medias):
        Path(out, f"{number}.png").write_bytes(requests.get(media["url"], timeout=60).content)


if __name__ == "__main__":
    main(*sys.argv[1:])
