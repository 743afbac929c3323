"""Start the platform on this machine: words, database, tables, content, demonstration, files to serve; then the web server and a worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from convergence.projections.outlooks import fill_outlooks
from convergence.reviews.places import fill_places
from foundation.accounts.queries import demo_seats
from ops import demo_provider
from ops.words import compiled


def threads_wanted() -> int:
    """One where a proxy waits for slow senders and readers; without it each of them holds a thread, hence several (decision 0033)."""
    return int(os.environ.get("WEB_THREADS") or (1 if settings.BEHIND_PROXY else 4))


class Command(BaseCommand):
    help = "Démarre la plateforme (base embarquée, contenus, démonstration) sur http://localhost:8000."
    requires_system_checks = []  # the tables may not exist yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--workers", type=int, default=int(os.environ.get("WEB_PROCESSES", "2")))
        parser.add_argument("--threads", type=int, default=threads_wanted(), help="fils de chaque processus web")
        parser.add_argument("--prepare", action="store_true", help="tout préparer sans lancer le serveur")

    def handle(self, *args: Any, port: int, workers: int, threads: int, prepare: bool, **options: Any) -> None:
        os.environ["PORT"] = str(port)  # what we start writes it in its mails
        compiled()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("publish_packs", keep=True)
        call_command("take_in_help", keep=True)
        fill_outlooks()
        fill_places()
        if settings.DEMO:
            call_command("load_demo")
        call_command("collectstatic", interactive=False, verbosity=0)
        self._greet(port)
        if not prepare:
            programs = [
                [sys.executable, "-m", "granian", *self._server(port, workers, threads)],
                [sys.executable, "manage.py", "procrastinate", "worker"],
            ]
            if settings.DEMO and os.environ.get("OIDC") == "1":
                programs.append(self._with_providers(port))
            self.stdout.flush()
            self._keep_running(programs)

    def _with_providers(self, port: int) -> list[str]:
        """The identity providers of the demonstration; what we start next is told of them."""
        file, described = demo_provider.prepare(port)
        os.environ["OIDC_PROVIDERS"] = json.dumps(described)
        for one in described:
            self.stdout.write(f"Fournisseur d'identité simulé : {one['name']}, {one['issuer']}")
        return demo_provider.command(file)

    @staticmethod
    def _keep_running(programs: list[list[str]]) -> None:
        """Until one of them ends or we are asked to stop: then all are stopped, each finishing what it was doing."""
        running = [subprocess.Popen(program) for program in programs]  # noqa: S603 - our own programs

        def stop(*_: Any) -> None:
            for process in running:
                process.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl+C reaches them all: wait for them
        os.wait()
        stop()
        sys.exit(max(process.wait() for process in running))

    @staticmethod
    def _server(port: int, workers: int, threads: int) -> list[str]:
        """Loopback only: a public address is the business of the proxy in front, which also waits for slow senders (decision 0033)."""
        return [
            "--interface", "wsgi", "config.wsgi:application",
            "--host", "127.0.0.1", "--port", str(port),
            "--workers", str(workers), "--blocking-threads", str(threads),
            "--static-path-route", "/static", "--static-path-mount", str(settings.STATIC_ROOT), "--static-path-expires", "31536000",
            "--respawn-failed-workers", "--log-level", "warning",
        ]  # fmt: skip

    def _greet(self, port: int) -> None:
        self.stdout.write(f"\nConvergence : http://localhost:{port}\n")
        if settings.DEMO:
            self.stdout.write(f"Comptes de démonstration (mot de passe commun : {settings.DEMO_PASSWORD}) :")
            for seat in demo_seats():
                where = seat.company.name if seat.company else "Agence"
                self.stdout.write(f"  {seat.person.email:<22} {seat.person.name}, {seat.role_word.lower()} · {where}")
            self.stdout.write("La page de connexion les propose aussi, d'un clic. Ctrl+C pour arrêter.\n")
