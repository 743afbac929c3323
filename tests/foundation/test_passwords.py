"""How are passwords kept? By Argon2 in the real settings; the tests' quick hasher stays in the tests."""

from __future__ import annotations

import importlib

from django.conf import settings as in_force
from django.contrib.auth.hashers import check_password, make_password


def test_the_real_settings_hash_with_argon2_and_nothing_else():
    real = importlib.import_module("config.settings")
    assert real.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_what_is_stored_is_an_argon2id_hash_with_a_salt_of_its_own(settings):
    settings.PASSWORD_HASHERS = importlib.import_module("config.settings").PASSWORD_HASHERS
    stored = make_password("trois mots au hasard")
    assert stored.startswith("argon2$argon2id$")
    assert "trois mots" not in stored
    assert stored != make_password("trois mots au hasard")
    assert check_password("trois mots au hasard", stored)
    assert not check_password("trois mots au hasar", stored)


def test_the_quick_hasher_is_only_the_tests():
    assert in_force.SETTINGS_MODULE == "tests.settings"
    assert in_force.PASSWORD_HASHERS == ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_short_common_and_telling_passwords_are_refused():
    real = importlib.import_module("config.settings")
    named = {one["NAME"].rsplit(".", 1)[1]: one.get("OPTIONS", {}) for one in real.AUTH_PASSWORD_VALIDATORS}
    assert named["MinimumLengthValidator"]["min_length"] >= 12
    assert {"CommonPasswordValidator", "UserAttributeSimilarityValidator"} <= set(named)
