"""The one price of a request, from the live product list, or a refusal: never a guess.

Contract, sections 4.2 and 4.3. The same rule that prices a request is the one that is sent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from ima_nano_banana.domain import form, scope
from ima_nano_banana.domain.catalogue import fold, read_catalogue
from ima_nano_banana.domain.model import TEXT_TO_IMAGE, Quote
from ima_nano_banana.domain.schedule import expected_seconds
from ima_nano_banana.errors import Fault, RejectedFault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ima_nano_banana.domain.model import Offer, Request, Rule

__all__ = ["ModelRow", "at_size", "check_images", "choose", "of_scope", "price", "quote", "read_catalogue", "rows"]


_FALLBACK = ("DEFAULT", "ENABLED")


class SizePrice(TypedDict):
    """A size and the points for one picture of it."""

    size: str
    credit: int


class ModelRow(TypedDict):
    """One line of ``--list-models`` (interface, section 9, "Shapes")."""

    name: str
    model_id: str
    version_id: str
    task_type: str
    sizes: list[SizePrice]
    default_size: str | None
    aspect_ratios: list[str]
    expected_seconds: list[int]


def quote(data: object, request: Request) -> Quote:
    """Price a request on a product list.

    Raises:
        UsageFault: a size, ratio or parameter that the live form does not have.
        RejectedFault: the model, or a price for the request, is not on the list.
    """
    return quote_from(read_catalogue(data, request.task_type), request)


def quote_from(offers: Sequence[Offer], request: Request) -> Quote:
    """Price a request on a product list that was read before; raises what :func:`quote` does."""
    return price(choose(offers, request), request)


def of_scope(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Return the offers of our models; the service lists others too."""
    return tuple(offer for offer in offers if offer.model_id in scope.ids())


def choose(offers: Sequence[Offer], request: Request) -> Offer:
    """Return the leaf that the request means: the version it names, else the model's last on the list.

    Raises:
        UsageFault: no such version, or several versions that would cost differently.
        RejectedFault: the service does not offer the model.
    """
    leaves = [offer for offer in offers if offer.model_id == request.model_id]
    if not leaves:
        raise RejectedFault("catalog.model_missing", phase="catalog", model=request.model_id)
    versions = tuple(dict.fromkeys(offer.version_id for offer in leaves))
    if request.version_id is not None:
        leaves = [offer for offer in leaves if offer.version_id == request.version_id]
        if not leaves:
            raise UsageFault("usage.version_unknown", version=request.version_id, versions=versions)
    if len({points for offer in leaves if (points := _points(offer, request)) is not None}) > 1:
        if len(versions) == 1 or request.version_id is not None:
            raise RejectedFault("catalog.two_prices", phase="catalog", prices=_prices(leaves, request))
        raise UsageFault("usage.choose_version", versions=versions)
    return leaves[-1]


def price(offer: Offer, request: Request) -> Quote:
    """Price a request on one offer.

    Raises:
        UsageFault: a size, ratio or parameter that the live form does not have.
        RejectedFault: no rule fits exactly, or equally good rules differ in price.
    """
    chosen = dict(request.extra)
    if request.size is not None:
        chosen["size"] = request.size
    if request.aspect_ratio is not None:
        chosen["aspect_ratio"] = request.aspect_ratio
    return replace(_priced(offer, chosen, request.count), adjustments=request.adjustments)


def requote(data: object, request: Request, before: Quote) -> Quote:
    """Price what was quoted before on a list that was read anew; see :func:`requote_from`."""
    return requote_from(read_catalogue(data, request.task_type), request, before)


def requote_from(offers: Sequence[Offer], request: Request, before: Quote) -> Quote:
    """Price on a list that was read anew what was quoted before, to the letter.

    Defaults may have changed meanwhile: the size, ratio, version and other fields that were quoted are wished from
    then on, whether they were asked for or not. A default of a field that the form has no more is left out.

    Raises:
        RejectedFault: what was quoted is not on the list any more.
    """
    version = before.offer.version_id
    same = [one for one in offers if (one.model_id, one.version_id) == (request.model_id, version)]
    if not same:
        raise RejectedFault("catalog.changed", phase="create")
    wished = {**form.kept(same[-1], before.shown, before.chosen), **before.chosen}
    pinned = replace(
        request,
        version_id=version,
        size=wished.pop("size", None),
        aspect_ratio=wished.pop("aspect_ratio", None),
        extra=tuple(sorted(wished.items())),
    )
    try:
        return replace(quote_from(offers, pinned), adjustments=before.adjustments)
    except UsageFault as gone:
        raise RejectedFault("catalog.changed", phase="create") from gone


def at_size(quote: Quote, size: str) -> Quote | None:
    """Return the same wishes at another size of the same offer, or ``None`` if it has no such size."""
    if fold(size) not in map(fold, form.options_of(quote.offer, "size")):
        return None
    try:
        found = _priced(quote.offer, {**quote.chosen, "size": size}, quote.count)
    except Fault:
        return None
    return replace(found, adjustments=quote.adjustments)


def check_images(offer: Offer, count: int) -> None:
    """Check the number of input pictures against the offer's own limits.

    Raises:
        UsageFault: too few or too many.
    """
    least, most = (0, 0) if offer.task_type == TEXT_TO_IMAGE else (offer.min_images, offer.max_images)
    if count > most:
        raise UsageFault("usage.too_many_images", count=count, most=most)
    if count < least:
        raise UsageFault("usage.too_few_images", count=count, least=least)


def rows(offers: Iterable[Offer]) -> list[ModelRow]:
    """Return what ``--list-models`` shows of the two models' offers."""
    return [
        ModelRow(
            name=offer.name,
            model_id=offer.model_id,
            version_id=offer.version_id,
            task_type=offer.task_type,
            sizes=_sizes(offer),
            default_size=form.default_of(offer, "size"),
            aspect_ratios=list(form.options_of(offer, "aspect_ratio")),
            expected_seconds=list(expected_seconds(offer.model_id)),
        )
        for offer in of_scope(offers)
    ]


def _sizes(offer: Offer) -> list[SizePrice]:
    found: list[SizePrice] = []
    for size in form.options_of(offer, "size"):
        try:
            found.append(SizePrice(size=size, credit=_priced(offer, {"size": size}, 1).credit_each))
        except Fault:
            continue
    return found


def _priced(offer: Offer, chosen: Mapping[str, str], count: int) -> Quote:
    filled = form.fill(offer, chosen)
    rule = _rule(offer, {**filled.sent, "n": str(count)})
    canonical = {fold(key): value for key, value in rule.attributes.items()}
    parameters = {name: canonical.get(fold(name), value) for name, value in filled.sent.items()}
    return Quote(
        offer=offer,
        rule=rule,
        parameters=parameters,
        size=filled.shown.get("size") or parameters.get("size", ""),
        aspect_ratio=filled.shown.get("aspect_ratio", ""),
        count=count,
        chosen=chosen,
        shown=filled.shown,
    )


def _rule(offer: Offer, effective: Mapping[str, str]) -> Rule:
    """Return the one rule whose attributes all equal the effective parameters; more attributes win.

    A rule marked ``{"default": "enabled"}`` stands only if nothing specific does (contract, 4.2).
    """
    known = {fold(name): fold(value) for name, value in effective.items()}
    fitting = [rule for rule in offer.rules if all(known.get(key) == value for key, value in _conditions(rule))]
    specific = [rule for rule in fitting if not _is_default(rule)]
    best = max((len(rule.attributes) for rule in specific or fitting), default=0)
    equal = [rule for rule in specific or fitting if len(rule.attributes) == best]
    if not equal:
        raise RejectedFault("catalog.no_rule", phase="catalog", wish=_wish(effective))
    prices = sorted({rule.points for rule in equal})
    if len(prices) > 1:
        raise RejectedFault("catalog.two_prices", phase="catalog", prices=prices)
    return equal[0]


def _conditions(rule: Rule) -> list[tuple[str, str]]:
    pairs = [(fold(key), fold(value)) for key, value in rule.attributes.items()]
    return [pair for pair in pairs if pair != _FALLBACK]


def _is_default(rule: Rule) -> bool:
    return any((fold(key), fold(value)) == _FALLBACK for key, value in rule.attributes.items())


def _wish(effective: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in effective.items() if name != "n"]


def _points(offer: Offer, request: Request) -> int | None:
    try:
        return price(offer, request).credit_each
    except Fault:
        return None


def _prices(leaves: Sequence[Offer], request: Request) -> list[int]:
    return sorted({points for offer in leaves if (points := _points(offer, request)) is not None})
