"""Do foreign keys go down? The linter cannot see them: upstairs must be invisible from below."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from tests.house.rooms import order_of_rooms


def keys():
    """Every foreign key of our own tables: (name, room it leaves, room it reaches, the field)."""
    for model in apps.get_models():
        room = model._meta.app_config.name
        if room in order_of_rooms():
            for field in (*model._meta.fields, *model._meta.many_to_many):
                if field.remote_field is not None:
                    yield f"{model.__name__}.{field.name}", room, field.related_model._meta.app_config.name, field


KEYS = list(keys())


def test_there_are_keys_to_look_at():
    assert {name for name, *_ in KEYS} >= {"Subject.company", "Assessment.subject", "Answer.assessment", "Release.pieces"}


@pytest.mark.parametrize(("name", "here", "there", "field"), KEYS, ids=[name for name, *_ in KEYS])
def test_a_foreign_key_goes_down_and_leaves_no_trace_below(name, here, there, field):
    heights = order_of_rooms()
    assert here == there or heights[there] < heights[here], f"{name} monte de {here} à {there}"
    if here != there:
        assert field.remote_field.related_name == "+", f"{name} se verrait depuis {there}"


@pytest.mark.parametrize(("name", "here", "there", "field"), KEYS, ids=[name for name, *_ in KEYS])
def test_nothing_is_deleted_by_surprise(name, here, there, field):
    """A row that others point to is protected; only what is derived may go with it."""
    if isinstance(field, models.ForeignKey):
        assert field.remote_field.on_delete is models.PROTECT or name in ("Standing.enrolment", "Outlook.enrolment")


def test_no_save_is_overridden():
    """What is written is written by an action, in sight: never by a `save` or a `delete` of a model."""
    ours = [model for model in apps.get_models() if model._meta.app_config.name in order_of_rooms()]
    assert [model.__name__ for model in ours if {"save", "delete"} & set(vars(model))] == []
