"""The addresses of the studio and what each answers."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ima_nano_banana import __version__
from ima_nano_banana.doors.run import defect
from ima_nano_banana.doors.studio import asked, bar, deciding, files, making, money, pages, shapes
from ima_nano_banana.doors.studio.guard import Guard, TooLargeError
from ima_nano_banana.errors import Fault, UsageFault
from ima_nano_banana.ledger.gallery import Shelf

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from ima_nano_banana.doors.present import Json
    from ima_nano_banana.doors.studio.house import House
    from ima_nano_banana.doors.studio.session import Sessions

    Answer = Callable[[Request, House], Awaitable[Response]]

STATIC = Path(__file__).parent / "static"
FIRST = 60
MOST_AT_ONCE = 200
MOST_IDS = 200_000
STATUS = {"usage": 400, "storage": 503, "internal": 500}
REFUSED = 422
NOT_KEPT = {"cache-control": "no-store"}


def _json(body: object, status: int = 200) -> Response:
    return JSONResponse(body, status, headers=NOT_KEPT)


async def _look(request: Request, house: House) -> Json:
    """Return a range of the gallery, and how much there is of it."""
    shelf = await asked.shelf_of(request, house)
    offset = asked.number(request, "offset", 0, MOST_IDS * 10, 0)
    limit = asked.number(request, "limit", 1, MOST_AT_ONCE, FIRST)
    found = await house.shelf.shelf_part(shelf, offset, limit)
    language = asked.language_of(request, house)
    top = shelf.top or ((found[0].item.created_at, found[0].item.id) if found and not offset else None)
    return {
        "total": None if request.query_params.get("count") == "0" else await house.shelf.shelf_count(shelf),
        "offset": offset,
        "top": None if top is None else f"{top[0]!r}_{top[1]}",
        "items": [shapes.facts(one, language) for one in found],
    }


async def _view(request: Request, house: House, data: Json) -> Response:
    """Answer with data, or with the page that shows it: one address, as it is asked for."""
    if "text/html" not in request.headers.get("accept", "") or request.query_params.get("as") == "json":
        return _json(data)
    language = asked.language_of(request, house)
    return HTMLResponse(
        pages.studio(language, {**data, "session": request.scope.get("ima.session", False)}),
        headers={**NOT_KEPT, "vary": "Accept, Accept-Language, Cookie"},
    )


async def gallery(request: Request, house: House) -> Response:
    """``/``: what there is, newest first."""
    return await _view(
        request, house, {"view": "look", "look": await _look(request, house), "bar": await bar.facts(house)}
    )


async def now(request: Request, house: House) -> Response:
    """``/now``: what is under way, whoever ordered it."""
    going = Shelf(realm=house.realm, states=asked.GROUPS["open"])
    language = asked.language_of(request, house)
    found = [shapes.facts(one, language) for one in await house.shelf.shelf_part(going, 0, MOST_AT_ONCE)]
    return _json({"view": "now", "items": found, "bar": await bar.facts(house)})


async def picture(request: Request, house: House) -> Response:
    """``/pictures/ID``: all about one request."""
    seen = await house.shelf.seen(request.path_params["id"])
    if seen is None or seen.item.realm != house.realm:
        return _json({"error": {"kind": "usage"}}, 404)
    family = await house.shelf.family(seen.item)
    told = shapes.whole(seen, asked.language_of(request, house), family)
    if "text/html" not in request.headers.get("accept", ""):
        return _json({"view": "picture", "picture": told, "form": making.regenerated(seen.item)})
    return await _view(
        request,
        house,
        {"view": "picture", "picture": told, "look": await _look(request, house), "bar": await bar.facts(house)},
    )


async def costs(request: Request, house: House) -> Response:
    """``/money``: what was spent and what may be."""
    told = await money.view(house, asked.language_of(request, house))
    data: Json = {"view": "money", "money": told, "bar": await bar.facts(house)}
    if "text/html" in request.headers.get("accept", ""):
        data["look"] = await _look(request, house)
    return await _view(request, house, data)


async def table(_: Request, house: House) -> Response:
    """``/money.csv``: the history of spending."""
    headers = {**NOT_KEPT, "content-disposition": 'attachment; filename="points.csv"'}
    return Response("\ufeff" + await money.as_csv(house), media_type="text/csv; charset=utf-8", headers=headers)


async def items(request: Request, house: House) -> Response:
    """``/api/items``: a range of the gallery."""
    return _json(await _look(request, house))


async def ids(request: Request, house: House) -> Response:
    """``/api/ids``: the ids of all that the filters mean, one a line."""
    found = await house.shelf.shelf_ids(await asked.shelf_of(request, house), MOST_IDS)
    return PlainTextResponse("\n".join(found), headers=NOT_KEPT)


async def choices(_: Request, house: House) -> Response:
    """``/api/choices``: the users and batches that there are."""
    users, batches = await house.shelf.choices(house.realm)
    return _json({"users": users, "batches": [{"id": one, "name": name} for one, name in batches]})


async def events(request: Request, house: House) -> Response:
    """``/api/events``: what changes, from the number on that was heard last."""
    if house.news.full:
        return PlainTextResponse("", 503, headers={"retry-after": "5"})
    told = request.headers.get("last-event-id", "") or request.query_params.get("after", "")
    after = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else None
    stream = house.news.listen(after, asked.language_of(request, house))
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def models(_: Request, house: House) -> Response:
    """``/api/models``: what there is to choose from."""
    return _json(await making.models(house))


async def quote(request: Request, house: House) -> Response:
    """``/api/quote``: what a choice costs."""
    body = await asked.body_of(request)
    return _json(await making.quote(house, body, asked.language_of(request, house)))


async def runs(request: Request, house: House) -> Response:
    """``/api/runs``: begin one."""
    return _json(await making.make(house, await asked.body_of(request)), 202)


async def inputs(request: Request, house: House) -> Response:
    """``/api/inputs``: a picture to start from."""
    return _json(await making.take_input(house, await request.body()), 201)


async def _decided(do: Callable[[House, Json], Awaitable[Json]], request: Request, house: House) -> Response:
    return _json(await do(house, await asked.body_of(request)))


async def health(_: Request, __: House) -> Response:
    """``/healthz``: alive."""
    return _json({"ok": True, "version": __version__})


def _answering(answer: Answer, house: House) -> Callable[[Request], Awaitable[Response]]:
    """Turn what goes wrong into the error object of every door."""

    async def endpoint(request: Request) -> Response:
        try:
            return await answer(request, house)
        except TooLargeError:
            return _json({"error": {"kind": "usage", "message": pages.texts("en")["refused_large"]}}, 413)
        except Fault as raised:
            fault = raised
        except Exception as error:  # the edge of the program
            fault = defect(error, None)
        told = shapes.failure(fault, asked.language_of(request, house), sandbox=house.settings.sandbox)
        return _json(told, STATUS.get(fault.kind, REFUSED))

    return endpoint


def _entrance(house: House, sessions: Sessions) -> Callable[[Request], Awaitable[Response]]:
    async def enter(request: Request) -> Response:
        """``/enter``: a link or a token begins a session."""
        language = asked.language_of(request, house)
        if request.method == "POST":
            from urllib.parse import parse_qs

            shown = parse_qs((await request.body()).decode("utf-8", "replace")).get("token", [""])[0].strip()
        else:
            shown = request.query_params.get("code", "")
        if shown and sessions.enter(shown):
            return HTMLResponse(pages.entered(language), headers={**NOT_KEPT, "set-cookie": sessions.set_cookie()})
        if sessions.holds(request.headers.get("cookie", ""), ""):
            return HTMLResponse(pages.entered(language), headers=NOT_KEPT)
        return HTMLResponse(pages.door(language, wrong=bool(shown)), 403, headers=NOT_KEPT)

    return enter


_READ: dict[str, Answer] = {
    "/": gallery,
    "/now": now,
    "/money": costs,
    "/money.csv": table,
    "/zip": files.archive,
    "/pictures/{id:str}": picture,
    "/pictures/{id:str}/{number:int}": files.picture,
    "/thumbs/{id:str}/{number:int}/{side:int}/{key:str}.webp": files.thumb,
    "/inputs/{digest:str}.webp": files.input_thumb,
    "/api/items": items,
    "/api/ids": ids,
    "/api/choices": choices,
    "/api/events": events,
    "/api/models": models,
    "/healthz": health,
}
_WRITE: dict[str, Answer] = {
    "/api/quote": quote,
    "/api/runs": runs,
    "/api/inputs": inputs,
    "/api/told": partial(_decided, deciding.told),
    "/api/stars": partial(_decided, deciding.star),
    "/api/forget": partial(_decided, deciding.forget),
    "/api/settle": partial(_decided, deciding.settle),
    "/api/resume": partial(_decided, deciding.resume),
    "/api/plans": partial(_decided, deciding.plan),
    "/api/plans/run": partial(_decided, deciding.run_plan),
    "/api/freeze": partial(_decided, deciding.freeze),
    "/api/limits": partial(_decided, deciding.limit),
}


def application(house: House, sessions: Sessions) -> ASGIApp:
    """Return the studio behind its guard."""
    settings = house.settings
    routes: list[Route | Mount] = [Route(path, _answering(do, house), methods=["GET"]) for path, do in _READ.items()]
    routes += [Route(path, _answering(do, house), methods=["POST"]) for path, do in _WRITE.items()]
    routes.append(Route("/enter", _entrance(house, sessions), methods=["GET", "POST"]))
    routes.append(Mount("/static", StaticFiles(directory=STATIC)))
    if settings.port is None:
        raise UsageFault("studio.bad_value", name="port")
    return Guard(Starlette(routes=routes), sessions, settings.host, settings.port, secured=not settings.loopback)
