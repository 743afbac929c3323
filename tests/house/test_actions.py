"""Is every link of a verb there? Action, permission, event, docstring, and who and when as arguments."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from foundation.core.event import Event
from tests.house.rooms import furniture_of, rooms_with


def actions():
    """Every action of the house, with its room."""
    for room in rooms_with("actions"):
        module = furniture_of(room, "actions")
        for name, thing in vars(module).items():
            if hasattr(thing, "event") and getattr(thing, "__module__", "").startswith(module.__name__):
                yield pytest.param(room, name, thing, id=name)


ACTIONS = list(actions())


def test_there_are_actions_to_look_at():
    assert {param.id for param in ACTIONS} >= {"register_company", "publish_release", "add_product", "save_answers"}


def test_a_verb_is_written_once_in_the_whole_house():
    names = [param.id for param in ACTIONS]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(("room", "name", "act"), ACTIONS)
def test_who_and_when_are_arguments_by_name_without_default(room, name, act):
    parameters = inspect.signature(act).parameters
    for needed in ("by", "at"):
        assert parameters[needed].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[needed].default is inspect.Parameter.empty


@pytest.mark.parametrize(("room", "name", "act"), ACTIONS)
def test_it_is_allowed_by_a_permission_of_the_same_verb(room, name, act):
    can = getattr(furniture_of(room, "permissions"), f"can_{name}", None)
    assert callable(can), f"{room}.permissions.can_{name} manque"
    first, second = list(inspect.signature(can).parameters)[:2]
    assert first == "by", f"can_{name}({first}, {second}…)"
    assert f"can_{name}(" in inspect.getsource(act), f"{name} n'interroge pas can_{name}"


@pytest.mark.parametrize(("room", "name", "act"), ACTIONS)
def test_it_is_remembered_as_an_event_of_its_room(room, name, act):
    assert act.event.__module__ == f"{room}.events"
    assert getattr(furniture_of(room, "events"), act.event.__name__) is act.event
    assert act.event.kind() == f"{room.split('.')[1]}.{act.event.__name__}"


@pytest.mark.parametrize(("room", "name", "act"), ACTIONS)
def test_it_says_what_rule_it_keeps(room, name, act):
    assert (act.__doc__ or "").strip().endswith("."), f"{name} n'a pas de phrase"


def test_each_event_is_announced_by_exactly_one_action():
    written = {
        thing
        for room in rooms_with("events")
        for thing in vars(furniture_of(room, "events")).values()
        if inspect.isclass(thing) and issubclass(thing, Event) and thing is not Event
    }
    announced = [param.values[2].event for param in ACTIONS]
    assert set(announced) == written
    assert len(announced) == len(written)


def test_an_event_says_what_it_is_about_in_keys_and_plain_values():
    for param in ACTIONS:
        event = param.values[2].event
        assert event.__dataclass_params__.frozen, event
        assert "about" in event.__dataclass_fields__, event
        assert event.personal <= set(event.__dataclass_fields__), event
        for field in dataclasses.fields(event):
            assert str(field.type) in {"str", "int", "int | None", "bool", "tuple[str, ...]", "dict[str, str]", "dict[str, int]"}, (
                event,
                field.name,
            )
