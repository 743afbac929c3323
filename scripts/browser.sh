#!/usr/bin/env bash
# What the tests need of Debian: Chromium for the journeys, clamd for the scans, pdfsig to check our seals with another's eyes. Installed where we may, said where we may not.
set -eu
missing=
command -v chromium >/dev/null || missing="$missing chromium"
command -v clamd >/dev/null || test -x /usr/sbin/clamd || missing="$missing clamav-daemon"
command -v pdfsig >/dev/null || missing="$missing poppler-utils"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installation pour les tests :$missing…"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
  exit 0
fi
echo "Il manque pour les tests : sudo apt install$missing" >&2
case "$missing" in *chromium*) exit 1 ;; esac
