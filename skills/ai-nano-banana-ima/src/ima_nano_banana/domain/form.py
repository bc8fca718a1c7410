"""A model's live form: what was chosen, checked against its options, becomes what is sent.

Contract, section 4.1: plain fields carry their default; a virtual field is what the user sees, and a
mapping turns it into the parameter that is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.domain.aliases import folded
from ima_nano_banana.domain.catalogue import fold
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.domain.model import Field, Offer

# Written by the program itself, whatever a form may say.
_OURS = ("n", "prompt", "input_images", "cast", "default")


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled-in form: ``shown`` by the names that users know, ``sent`` by those of the API."""

    shown: Mapping[str, str]
    sent: Mapping[str, str]


def fill(offer: Offer, chosen: Mapping[str, str]) -> Filled:
    """Overlay the form's defaults with what was chosen (names in lower case).

    Raises:
        UsageFault: an unknown field, a value that is no option, or both sides of a virtual field.
    """
    fields = _usable(offer)
    shown = {field.name.lower(): field.default for field in fields if field.default is not None}
    sent = {field.target: field.default for field in fields if not field.mapping and field.default is not None}
    straight: dict[str, str] = {}
    for name, value in chosen.items():
        field = next((one for one in fields if one.name.lower() == name), None)
        if field is None:
            straight |= _backend(offer, fields, name, value)
            continue
        shown[name] = _option(offer, field.name, value, _options(offer, field))
        if not field.mapping:
            sent[field.target] = shown[name]
    for target in dict.fromkeys(one.target for one in fields if one.mapping):
        group = [one for one in fields if one.mapping and one.target == target]
        mapped = _mapped(offer, group, shown, chosen, straight.get(target))
        if mapped is not None:
            sent[target] = mapped
    return Filled(shown | {name.lower(): value for name, value in straight.items()}, sent)


def kept(offer: Offer, shown: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return what was shown of the fields that the form still has.

    A virtual field counts for nothing where the parameter behind it was chosen by its own name.
    """
    names = (field.name.lower() for field in _usable(offer) if not (field.mapping and field.target.lower() in chosen))
    return {name: shown[name] for name in names if name in shown}


def options_of(offer: Offer, name: str) -> tuple[str, ...]:
    """Return the live options of a field, or none if the form lacks it."""
    field = next((one for one in _usable(offer) if one.name.lower() == name), None)
    return () if field is None else _options(offer, field)


def default_of(offer: Offer, name: str) -> str | None:
    """Return the live default of a field."""
    return next((one.default for one in _usable(offer) if one.name.lower() == name), None)


def _usable(offer: Offer) -> list[Field]:
    return [field for field in offer.fields if field.name.lower() not in _OURS and field.target.lower() not in _OURS]


def _options(offer: Offer, field: Field) -> tuple[str, ...]:
    """A field without options of its own takes the values that have a price."""
    priced = (value for rule in offer.rules for key, value in rule.attributes.items() if fold(key) == fold(field.name))
    return field.options or tuple(dict.fromkeys(priced))


def _option(offer: Offer, name: str, value: str, options: tuple[str, ...]) -> str:
    """Return the option that ``value`` means, in its own spelling."""
    for option in options:
        if _plain(option) == _plain(value):
            return option
    if options:
        raise UsageFault("usage.bad_option", model=offer.name, field=name, value=value, options=options)
    return value


def _plain(value: str) -> str:
    """Forgive what people type: case, spaces, full-width colons, and ``512`` for ``512px``."""
    return folded(value).replace(" ", "").removesuffix("px")


def _backend(offer: Offer, fields: list[Field], name: str, value: str) -> dict[str, str]:
    """Accept the API's own name of a virtual field's parameter; refuse any other unknown name."""
    for field in fields:
        if field.mapping and field.target.lower() == name:
            values = tuple(dict.fromkeys(target for _, target in field.mapping))
            return {field.target: _option(offer, name, value, values)}
    known = tuple(dict.fromkeys([*(field.name for field in fields), "n"]))
    raise UsageFault("usage.unknown_key", key=name, known=known)


def _mapped(
    offer: Offer, group: list[Field], shown: Mapping[str, str], chosen: Mapping[str, str], straight: str | None
) -> str | None:
    """Return the value that a virtual field sends (contract, 4.1)."""
    given = {field.name.lower() for field in group} & chosen.keys()
    found = next((target for sources, target in group[0].mapping if _matches(sources, shown)), None)
    if straight is not None:
        if given and (found is None or fold(found) != fold(straight)):
            wish = " ".join(shown[name] for name in sorted(given))
            raise UsageFault("usage.conflict", field=group[0].target, flag=wish, extra=straight)
        return straight
    if found is None and given:
        options = [" ".join(sources.values()) for sources, _ in group[0].mapping]
        wish = " ".join(shown.get(field.name.lower(), "-") for field in group)
        raise UsageFault("usage.no_combination", model=offer.name, value=wish, options=options)
    return group[0].target_default if found is None else found


def _matches(sources: Mapping[str, str], shown: Mapping[str, str]) -> bool:
    return all(name in shown and fold(shown[name]) == fold(value) for name, value in sources.items())
