"""Each request is exactly what the contract says, and shows no secret."""

import hashlib
import json
from urllib.parse import parse_qs, urlsplit

from ima_nano_banana.wire import requests
from samples.answers import KEY, QUOTE


def test_the_product_list_is_asked_with_app_platform_and_category():
    request = requests.product_list("image_to_image", KEY, "zh")
    url = urlsplit(request.url)

    assert (request.method, url.scheme, url.hostname, url.path) == (
        "GET",
        "https",
        "api.imastudio.com",
        "/open/v1/product/list",
    )
    assert parse_qs(url.query) == {"app": ["ima"], "platform": ["web"], "category": ["image_to_image"]}
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.headers["x_app_language"] == "zh"
    assert request.headers["x-app-source"] == "ima_skills"


def test_a_create_carries_the_rule_that_priced_it_in_every_place_that_the_service_compares():
    body = requests.create_body(QUOTE, "a cat", ["https://pictures.example.com/a.png"])

    assert body == {
        "task_type": "text_to_image",
        "enable_multi_model": False,
        "src_img_url": ["https://pictures.example.com/a.png"],
        "parameters": [
            {
                "attribute_id": 4401,
                "model_id": "gemini-3.1-flash-image",
                "model_name": "Nano Banana 2",
                "model_version": "gemini-3.1-flash-image-preview",
                "app": "ima",
                "platform": "web",
                "category": "text_to_image",
                "credit": 6,
                "parameters": {
                    "aspect_ratio": "16:9",
                    "size": "1K",
                    "prompt": "a cat",
                    "n": 2,
                    "input_images": ["https://pictures.example.com/a.png"],
                    "cast": {"points": 6, "attribute_id": 4401},
                },
            }
        ],
    }


def test_a_prompt_of_any_characters_survives_the_way_into_the_body():
    prompt = '香蕉 🍌 "quoted" \n\ud800'
    request = requests.create(QUOTE, prompt, [], KEY, "en")

    assert json.loads(request.content)["parameters"][0]["parameters"]["prompt"] == prompt
    assert request.url == "https://api.imastudio.com/open/v1/tasks/create"


def test_a_look_is_a_post_with_the_task_id():
    request = requests.detail("0a1b2c3d", KEY, "en")

    assert (request.method, request.url) == ("POST", "https://api.imastudio.com/open/v1/tasks/detail")
    assert json.loads(request.content) == {"task_id": "0a1b2c3d"}


def test_an_upload_token_is_asked_with_a_signed_form_and_no_bearer():
    request = requests.upload_token(KEY, "png", "image/png", 1789305859, "abcdefghijklmnopqrstu")
    form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
    signed = "webAgent|32jdskjdk320eew|1789305859|abcdefghijklmnopqrstu"

    assert (request.method, request.url) == ("POST", "https://imapi.liveme.com/api/rest/oss/getuploadtoken")
    assert form == {
        "appUid": KEY,
        "appId": "webAgent",
        "appKey": "32jdskjdk320eew",
        "cmimToken": KEY,
        "sign": hashlib.sha1(signed.encode()).hexdigest().upper(),
        "timestamp": "1789305859",
        "nonce": "abcdefghijklmnopqrstu",
        "fService": "privite",
        "fType": "picture",
        "fSuffix": "png",
        "fContentType": "image/png",
    }
    assert "Authorization" not in request.headers
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_pictures_travel_without_the_key():
    up = requests.put("https://storage.example.com/a?Signature=s", "image/png", 7)
    down = requests.fetch("https://pictures.example.com/a.png", offset=3)

    assert up.headers == {"Content-Type": "image/png", "Content-Length": "7"}
    assert down.headers["Range"] == "bytes=3-"
    assert down.headers["Accept-Encoding"] == "identity"
    assert "Authorization" not in down.headers


def test_the_repr_of_a_request_shows_neither_key_nor_prompt_nor_signature():
    shown = repr(requests.create(QUOTE, "a secret cat", [], KEY, "en"))
    shown += repr(requests.put("https://storage.example.com/a?Signature=s3cr3t", "image/png", 7))

    assert KEY not in shown
    assert "secret cat" not in shown
    assert "s3cr3t" not in shown
