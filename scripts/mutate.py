"""Does the suite notice when a guard or a permission is taken away? Each in turn, on a copy of the code, with the tests that watch it.

    python scripts/mutate.py            # the sample below
    python scripts/mutate.py credentials catalogue   # every can_ of these rooms

A permission taken away answers yes to everyone; a guard taken away lets every request in. The suite must turn red: each
line printed says which test did, or that none did. Nothing is changed in place; the database is its own (var/mutations).
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Mutation:
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


HOUSE = "tests/house/test_urls.py::test_every_cell_of_the_walk"
DASHBOARD, CONTENTS = f"{HOUSE}[company:dashboard]", f"{HOUSE}[agency:content_list]"
WALK = "tests/house/test_urls.py"
CREDENTIALS = "tests/credentials"
TOKENS = f"{CREDENTIALS}/test_tokens.py"
SIGN_IN = f"{CREDENTIALS}/test_provider_sign_in.py"
LIES = f"{SIGN_IN}::test_a_lie_opens_nothing"
FACTOR = f"{CREDENTIALS}/test_second_factor.py"

GUARDS = (
    Mutation("guard: who is signed out", "web/guard.py", "if not request.user.is_authenticated:", "if False:", (DASHBOARD,)),
    Mutation("guard: the right at the agency", "web/guard.py", "if not person.agency_has(guard.right):", "if False:", (CONTENTS,)),
    Mutation("guard: the seat in a company", "web/guard.py", "    if seat is None:\n        raise Http404", "    assert seat is not None", (DASHBOARD,)),
    Mutation("guard: the methods", "web/guard.py", 'if request.method not in allowed and not (request.method == "HEAD" and "GET" in allowed):', "if False:", (DASHBOARD,)),
    Mutation("guard: the token of forms", "web/guard.py", "csrf_exempt(behind) if signed else csrf_protect(behind)", "csrf_exempt(behind)", (f"{WALK}::test_a_form_without_its_token_is_refused",)),
    Mutation("guard: the second factor", "web/guard.py", "not is_strong(means_of(request), demonstration=settings.DEMO)", "False", (f"{FACTOR}::test_a_password_alone_does_not_open_the_agency",)),
    Mutation("guard: who they are, recently", "web/guard.py", "if recent and not is_proved(request):", "if False:", (f"{FACTOR}::test_a_sensitive_act_asks_again",)),
    Mutation("token: the signature", "foundation/credentials/tokens.py", 'options={"require": ["iss", "aud", *require]}', 'options={"require": ["iss", "aud", *require], "verify_signature": False}', (TOKENS,)),
    Mutation("token: the algorithm", "foundation/credentials/tokens.py", "if algorithm not in set(algorithms):", "if False:", (TOKENS,)),
    Mutation("token: the issuer", "foundation/credentials/tokens.py", "            issuer=issuer,\n            audience", "            audience", (TOKENS,)),
    Mutation("token: the party", "foundation/credentials/tokens.py", "    _check_party(claims, audience)\n", "", (TOKENS,)),
    Mutation("token: the nonce", "foundation/credentials/oidc.py", "    check_nonce(claims, ask.nonce)\n", "", (LIES,)),
    Mutation("token: the access token", "foundation/credentials/oidc.py", "    check_access_token(claims, access_token, algorithm_of(id_token))\n", "", (LIES,)),
    Mutation("provider: the state", "foundation/credentials/oidc.py", 'if not secrets.compare_digest(answer.get("state", "").encode(), ask.state.encode()):', "if False:", (LIES,)),
    Mutation("provider: its name in the answer", "foundation/credentials/oidc.py", "    if issuer != provider.issuer:", "    if False:", (LIES,)),
    Mutation("provider: whose profile", "foundation/credentials/oidc.py", 'if profile and profile.get("sub") != claims["sub"]:', "if False:", (f"{SIGN_IN}::test_a_profile_of_someone_else_or_badly_signed_is_refused",)),
    Mutation("provider: the address verified", "foundation/credentials/recognition.py", 'if not claims.email_verified or "@" not in email:', "if False:", (f"{SIGN_IN}::test_an_address_the_provider_did_not_verify_opens_nobody_s_account",)),
    Mutation("provider: the side", "foundation/credentials/recognition.py", "elif person.seats and not any(", "elif False and not any(", (f"{CREDENTIALS}/test_recognition.py",)),
    Mutation("logout: not an identity token", "foundation/credentials/oidc.py", '    if "nonce" in claims:', "    if False:", (f"{SIGN_IN}::test_it_is_told_to_us_when_someone_goes_out_over_there",)),
    Mutation("logout: once", "web/public/providers.py", 'if not cache.add(f"logout-token:{number}", "given", TOKEN_SPENT_FOR):', "if False:", (f"{SIGN_IN}::test_it_is_told_to_us_when_someone_goes_out_over_there",)),
    Mutation("code: once", "foundation/credentials/second_factor.py", 'return cache.add(f"second-factor:{person.pk}:{tidy_code(code)}", "given", CODE_OPENS_FOR)', "return True", (f"{FACTOR}::test_a_code_opens_once",)),
    Mutation("code: tries counted", "web/public/entrance.py", 'if not ratelimit.consume(request, action="second_factor", key=f"second-factor-{person.pk}"):', "if False:", (f"{FACTOR}::test_a_million_codes_are_not_tried",)),
    Mutation("session: its own", "foundation/credentials/permissions.py", "filter(person=person, expire_date__gt=at, password_mark=person.get_session_auth_hash())", "filter(expire_date__gt=at)", (f"{CREDENTIALS}/test_sessions.py::test_someone_else_s_session_is_not_even_there",)),
    Mutation("session: the longest", "foundation/credentials/sessions.py", "if now - kept.get(OPENED, now) > settings.SESSION_LONGEST:", "if False:", (f"{CREDENTIALS}/test_sessions.py::test_a_session_not_used_or_too_old_is_over",)),
)  # fmt: skip

TESTS_OF = {
    "foundation/accounts": ("tests/foundation",),
    "foundation/credentials": (
        f"{FACTOR}::test_each_touches_their_own",
        f"{FACTOR}::test_a_company_may_go_back_to_the_password_and_the_agency_may_not",
        f"{CREDENTIALS}/test_recognition.py::test_only_the_platform_follows_a_provider",
        f"{CREDENTIALS}/test_sessions.py::test_someone_else_s_session_is_not_even_there",
    ),
    "convergence/catalogue": ("tests/catalogue", WALK),
    "convergence/assessments": ("tests/assessments", WALK),
    "convergence/projections": ("tests/projections",),
}
SAMPLE = ("credentials",)


def permissions(rooms: tuple[str, ...]) -> Iterator[Mutation]:
    """Each `can_` of these rooms, answering yes to everyone."""
    for place, tests in TESTS_OF.items():
        if place.rpartition("/")[2] not in rooms:
            continue
        file = f"{place}/permissions.py"
        text = (ROOT / file).read_text()
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("can_"):
                old = ast.get_source_segment(text, node) or ""
                head = old[: old.index(":\n") + 2]
                yield Mutation(node.name, file, old, f"{head}    return YES", tests)


def noticed(copy: Path, mutation: Mutation) -> str:
    """The first test that failed, or nothing."""
    path = copy / mutation.file
    text = path.read_text()
    assert text.count(mutation.old) == 1, f"{mutation.name} : le code a changé, corrigez ce script"
    path.write_text(text.replace(mutation.old, mutation.new))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *mutation.tests],
            cwd=copy, env={**os.environ, "VAR_DIR": str(ROOT / "var" / "mutations")}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        path.write_text(text)
    if done.returncode == 0:
        return ""
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return found.group(1) if found else f"code {done.returncode} : {done.stdout[-300:]}{done.stderr[-300:]}"


def main(rooms: tuple[str, ...]) -> int:
    mutations = [*permissions(rooms)] if rooms else [*GUARDS, *permissions(SAMPLE)]
    silent = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "var", "node_modules", "__pycache__", "docs"))
        for linked in (".venv", "node_modules"):
            if (ROOT / linked).exists():
                (copy / linked).symlink_to((ROOT / linked).resolve())
        for mutation in mutations:
            test = noticed(copy, mutation)
            silent += not test
            sys.stdout.write(f"{'vu   ' if test else 'MUET '} {mutation.name:<38} {test}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(mutations)} retraits, {silent} que personne n'a vus\n")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
