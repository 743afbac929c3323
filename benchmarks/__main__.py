"""`python -m benchmarks`: fill a database, start two servers of two processes, load them in turn, print ratios.

Two ratios to the bare page: of requests a second, which holds on a quiet machine; and of processor time a request (the
web processes and the database's), which neighbours disturb little. Every loop is bounded and talks to the loopback only. wrk (Debian) sends the requests.
"""

from __future__ import annotations

import functools
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench"
SECONDS = int(os.environ.get("BENCH_SECONDS", "8"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
ONLY = sys.argv[1:]
"""Pages to measure, by words of their names; all of them, and the papers, where none is given."""
SMALL, LARGE = 500, 5000  # companies
AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
PORT, BARE_PORT = 8471, 8472
print = functools.partial(print, flush=True)  # noqa: A001 - a measure takes minutes: each line is shown when it is known


def main() -> None:
    if shutil.which("wrk") is None:
        if os.geteuid() != 0:
            sys.exit("La mesure a besoin de wrk : sudo apt install wrk")
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=True, stdout=subprocess.DEVNULL)
    sys.path.insert(0, str(ROOT))
    from config.database import start_embedded, stop_embedded

    shutil.rmtree(VAR, ignore_errors=True)
    url = start_embedded(VAR / "postgres")
    environment = {
        "DATABASE_URL": url, "DEMO": "0", "HTTPS": "0", "SECRET_KEY": secrets.token_urlsafe(48), "ALLOWED_HOSTS": "127.0.0.1",
        "VAR_DIR": str(VAR), "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    os.environ.update(environment)
    try:
        _measure()
    finally:
        stop_embedded(VAR / "postgres")


def _measure() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from ops.words import compiled

    settings.DEMO_PASSWORD = secrets.token_urlsafe(12)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("publish_packs", verbosity=0)
    compiled()
    call_command("collectstatic", verbosity=0, interactive=False)
    from benchmarks.crowd import copy_company, counts, first_company

    first_company(AT)
    copied = 0
    rows = []
    for size in (SMALL, LARGE):
        copy_company(copied + 1, size - 2)  # the cast makes two companies of its own
        copied = size - 2
        print(f"\n{', '.join(f'{count:,} {word}'.replace(',', ' ') for word, count in counts().items())}")
        rows.append(_round(size))
    print("\nÀ dix fois les données (rapport au rapport) :")
    for name in rows[0]:
        print(f"  {name:<34} {rows[1][name] / rows[0][name]:.2f}")
    if ONLY:
        return
    print("\nUne entreprise de cinquante produits :")
    _wide()
    _papers()
    _sealed_papers()


def _wide() -> None:
    """The projection of 36 criteria and the company's roadmap of fifty products, beside the bare page."""
    from benchmarks.crowd import wide_company
    from convergence.catalogue.models import Subject

    zoe = wide_company(AT)
    session = _session(zoe.pk)
    reference = Subject.objects.filter(company_id=zoe.seats[0].company_id).order_by("-reference").values_list("reference", flat=True)[0]
    inside = f"/produits/{reference}/demarches/evaluation-socles/securite-2021"
    _compare(
        {
            "projection (36 critères)": [f"read\t{session}\t-\t{inside}/projection/\t\t"],
            "feuille de route (questionnaire)": [f"read\t{session}\t-\t{inside}/feuille-de-route/\t\t"],
            "feuille de route (50 produits)": [f"read\t{session}\t-\t/feuille-de-route/\t\t"],
        }
    )


def _round(size: int) -> dict[str, float]:
    plans = _plans(size)
    return _compare({name: plan for name, plan in plans.items() if not ONLY or any(word in name for word in ONLY)})


def _compare(plans: dict[str, list[str]]) -> dict[str, float]:
    """Each page beside the bare one, in turn, `ROUNDS` times; the median ratios. Those of processor time are given back."""
    ratios: dict[str, float] = {}
    with _server("config.wsgi:application", PORT) as pid, _server("benchmarks.bare:application", BARE_PORT) as bare_pid:
        print(f"  {'page':<34} {'req/s':>8} {'nue':>8} {'débit':>8} {'calcul':>8} {'p50 ms':>8} {'p99/p50':>8}")
        for name, lines in plans.items():
            found = []
            for _ in range(ROUNDS):
                bare = _load(BARE_PORT, bare_pid, ["read\t-\t-\t/bare/\t\t"])
                page = _load(PORT, pid, lines)
                found.append((page["rate"] / bare["rate"], page["cpu"] / bare["cpu"], page, bare))
            rate, _, page, bare = sorted(found, key=lambda one: one[0])[ROUNDS // 2]
            cost = median(one[1] for one in found)
            ratios[name] = 1 / cost
            print(
                f"  {name:<34} {page['rate']:>8.0f} {bare['rate']:>8.0f} {'1/' + format(1 / rate, '.1f'):>8} {'1/' + format(cost, '.1f'):>8}"
                f" {page['p50']:>8.1f} {page['p99'] / page['p50']:>8.1f}"
            )
        print(f"  mémoire par processus : {', '.join(f'{mb:.0f} Mo' for mb in _memory(pid))}")
    return ratios


def _plans(size: int) -> dict[str, list[str]]:
    """What is asked, as whom: twenty companies spread over the whole, and a reviewer."""
    from convergence.candidatures.models import Candidature
    from convergence.catalogue.models import Subject
    from convergence.content.library import library
    from convergence.content.schema import RequirementSet
    from foundation.accounts.queries import person_of

    people = range(1, size - 2, max(1, size // 20))
    products = {
        subject.company_id: subject.reference
        for subject in Subject.objects.filter(name__startswith="Produit 3", company_id__in=[1 + k * 1000 for k in people])
    }
    seats = [(k, _session(1 + k * 1000), products[1 + k * 1000]) for k in people]
    inside = "/produits/{}/demarches/evaluation-socles/"
    token = secrets.token_hex(16)
    asked = Candidature.objects.filter(enrolment__subject__company_id__in=[1 + k * 1000 for k in people], state="under_way")
    numbers = dict(asked.values_list("enrolment__subject__company_id", "number"))
    applying = [(s, f"/candidatures/{numbers[1 + k * 1000]}/") for k, s, _ in seats]
    # Every other one holds every profile: its identity section then asks for 74 proofs, not 29
    requirements = library().current("requirements", RequirementSet)
    every = [profile.code for one in requirements if one.code == "dmn" for profile in one.profiles]
    asked.filter(enrolment__subject__company_id__in=[1 + k * 1000 for k, _, _ in seats[1::2]]).update(profiles=every)
    reviewer = person_of("ines@demo.invalid")
    assert reviewer is not None
    ines, evidence = _session(reviewer.pk), "etapes/depot-preuves/sections/"
    return {
        "tableau de bord": [f"read\t{s}\t-\t/tableau-de-bord/\t\t" for _, s, _ in seats],
        "démarche (3 cartes)": [f"read\t{s}\t-\t{inside.format(r)}\t\t" for _, s, r in seats],
        "questionnaire (36 critères)": [f"read\t{s}\t-\t{inside.format(r)}securite-2021/\t\t" for _, s, r in seats],
        "résultats": [f"read\t{s}\t-\t{inside.format(r)}interoperabilite-2021/resultats/\t\t" for _, s, r in seats],
        "candidature (entreprise)": [f"read\t{s}\t-\t{path}\t\t" for s, path in applying],
        "section de 29 preuves": [f"read\t{s}\t-\t{path}{evidence}ins/\t\t" for s, path in applying[::2]],
        "section de 74 preuves": [f"read\t{s}\t-\t{path}{evidence}ins/\t\t" for s, path in applying[1::2]],
        "file de l'agence": [f"read\t{ines}\t-\t/agence/candidatures/?onglet={tab}\t\t" for tab in ("free", "agency")],
        "candidature (agence)": [f"read\t{ines}\t-\t/agence{path}\t\t" for _, path in applying],
        "examen d'une section": [f"read\t{ines}\t-\t/agence{path}{evidence}rgpd/\t\t" for _, path in applying],
        "messagerie (agence)": [f"read\t{ines}\t-\t/agence/messagerie/\t\t"],
        "accueil": [f"read\t-\t-\t{path}\t\t" for path in ("/", "/en/")],
        "aide, une démarche": [f"read\t-\t-\t{path}\t\t" for path in ("/aide/?q=certificat", "/demarches/dmn-pecan/")],
        "annuaire (recherche)": ["read\t-\t-\t/annuaire/?q=dispositif\t\t"],
        # More pages than are kept: each is drawn
        "annuaire (recherche, dessinée)": [f"read\t-\t-\t/annuaire/?q=dispositif&n={rank}\t\t" for rank in range(400)],
        "enregistrer un avis": [f"judge\t{ines}\t{token}\t/agence{path}{evidence}rgpd/\tRGPD+1\t0" for _, path in applying[:4]],
        "enregistrer une réponse": [
            f"save\t{s}\t{token}\t{inside.format(r)}securite-2021/reponse/\tILL-SEC-06.01\t" for _, s, r in seats[:4]
        ],
    }


def _session(person: int) -> str:
    """Someone signed in, as a browser would be."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from foundation.accounts.models import Person
    from foundation.credentials.rules import Means
    from foundation.credentials.sessions import MEANS, SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person)
    session[BACKEND_SESSION_KEY] = "foundation.accounts.signing_in.Backend"
    session[HASH_SESSION_KEY] = Person.objects.get(pk=person).get_session_auth_hash()
    session[MEANS] = Means.PASSWORD_AND_CODE.value
    session.save()
    return str(session.session_key)


def _load(port: int, pid: int, lines: list[str]) -> dict[str, float]:
    """Four connections for `SECONDS`; requests a second, latencies, processor time a request. Anything but a success stops the measure."""
    plan = VAR / "load.txt"
    plan.write_text("\n".join(line if line.startswith("read") else _with_version(line) for line in lines) + "\n")
    threads = "1" if lines[0].startswith("read") else "4"
    before = _processor_time(pid)
    made = subprocess.run(
        ["wrk", "-t", threads, "-c", "4", "-d", f"{SECONDS}s", "-s", str(ROOT / "benchmarks" / "load.lua"), f"http://127.0.0.1:{port}"],
        env=os.environ | {"LOAD_FILE": str(plan)}, check=True, capture_output=True, text=True, timeout=SECONDS + 60,
    )  # fmt: skip
    spent = _processor_time(pid) - before
    found = json.loads(made.stdout.splitlines()[-1])
    if found["failed"] or not found["requests"]:
        sys.exit(f"{found['failed']} échecs sur {found['requests']} requêtes : la mesure ne vaut rien.\n{lines[0]}")
    return {"rate": found["requests"] / found["seconds"], "p50": found["p50"], "p99": found["p99"], "cpu": spent / found["requests"]}


def _processor_time(pid: int) -> float:
    """In ticks, so far: the web processes of a server, and the processes of the database, ended ones included."""
    postmaster = int((VAR / "postgres" / "postmaster.pid").read_text().split()[0])
    return sum(_ticks(one, ended=False) for one in _children(pid) + _children(postmaster)) + _ticks(postmaster, ended=True)


def _ticks(pid: int, *, ended: bool) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # ended meanwhile: its parent counts it
        return 0
    return int(fields[13]) + int(fields[14]) if ended else int(fields[11]) + int(fields[12])


def _children(pid: int) -> list[int]:
    return [int(one) for one in subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()]


def _with_version(line: str) -> str:
    """The version of the answer, or of the verdict, as it now is: each round begins where the one before ended."""
    from convergence.assessments.models import Answer
    from convergence.reviews.models import RequirementVerdict

    path, criterion = line.split("\t")[3:5]
    if line.startswith("judge"):
        given = RequirementVerdict.objects.filter(
            requirement=criterion.replace("+", " "), submission__step__candidature__number=path.split("/")[3]
        )
        return f"{line.rpartition(chr(9))[0]}\t{given.values_list('version', flat=True).last() or 0}"
    answers = Answer.objects.filter(criterion=criterion, assessment__subject__reference=path.split("/")[2])
    return f"{line}{answers.values_list('version', flat=True).get()}"


@contextmanager
def _server(application: str, port: int) -> Iterator[int]:
    """Two processes of one thread each, as behind a proxy in production (decision 0033)."""
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        application,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "2",
        "--blocking-threads",
        "1",
        "--log-level",
        "error",
    ]
    running = subprocess.Popen(command, cwd=ROOT)
    try:
        path = "/bare/" if port == BARE_PORT else "/etat/"
        for _ in range(150):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).read()
                break
            except OSError:
                time.sleep(0.2)
        else:
            sys.exit("Le serveur n'a pas démarré.")
        yield running.pid
    finally:
        running.terminate()
        running.wait(20)


def _memory(pid: int) -> list[float]:
    """The resident memory of each web process, in megabytes."""
    found = []
    for worker in _children(pid):
        text = Path(f"/proc/{worker}/smaps_rollup").read_text()
        found.append(int(next(line for line in text.splitlines() if line.startswith("Rss:")).split()[1]) / 1024)
    return found


def _papers() -> None:
    """The PDF and the workbook of 36 criteria: every comment another each time, as from one company to the next; then as they were."""
    from convergence.assessments.papers import results_pdf, results_workbook
    from convergence.assessments.queries import results_of
    from convergence.catalogue.models import Subject
    from convergence.catalogue.queries import enrolment_of
    from foundation.accounts.queries import person_of

    zoe = person_of("zoe@demo.invalid")
    assert zoe is not None
    reference = Subject.objects.filter(name__startswith="Gamme").order_by("reference").values_list("reference", flat=True)[0]
    results = results_of(enrolment_of(reference, "evaluation-socles", zoe), "securite-2021")
    assert results is not None
    for name, make in (("PDF", results_pdf), ("XLSX", results_workbook)):
        fresh, again = [], []
        for _ in range(20):
            told = [
                replace(row, given=row.given and replace(row.given, comment=" ".join(secrets.token_hex(3) for _ in range(8))))
                for row in results.rows
            ]
            for times in (fresh, again):
                started = time.perf_counter()
                make(replace(results, rows=told), at=AT)
                times.append((time.perf_counter() - started) * 1000)
        print(
            f"\n{name} des résultats, 36 critères : {median(fresh[1:]):.0f} ms toutes réponses nouvelles, {median(again):.0f} ms les mêmes"
        )


def _sealed_papers() -> None:
    """An agreement and a certificate, another candidature each time: made, then made and sealed, dated by our own clock."""
    from convergence.agreements.papers import agreement_pdf
    from convergence.candidatures.models import Step
    from convergence.certificates.models import Certificate
    from convergence.certificates.papers import certificate_pdf
    from convergence.certificates.queries import published
    from convergence.content.library import library
    from convergence.content.schema import Agreement
    from foundation.documents.sealing import sealed

    piece = library().current("agreements", Agreement)[0]
    steps = Step.objects.filter(candidature__state="under_way").select_related("candidature__enrolment__subject__company")
    papers = {
        "Convention": [functools.partial(agreement_pdf, one, piece, 1, AT) for one in steps.order_by("-pk")[:21]],
        "Certificat": [
            functools.partial(certificate_pdf, published(one, AT.date()), AT) for one in Certificate.objects.order_by("-pk")[:21]
        ],
    }
    for name, makers in papers.items():
        bare, whole = [], []
        for make in makers:
            started = time.perf_counter()
            paper = make()
            made = time.perf_counter()
            sealed(paper, "agence", reason="Mesure", at=AT)
            bare.append((made - started) * 1000)
            whole.append((time.perf_counter() - started) * 1000)
        print(f"{name} : {median(bare[1:]):.0f} ms sans cachet, {median(whole[1:]):.0f} ms avec")


if __name__ == "__main__":
    main()
