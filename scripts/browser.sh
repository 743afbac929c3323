#!/usr/bin/env bash
# What the tests need of Debian: Chromium for the journeys, clamd for the scans, pdfsig to check our seals with another's eyes. Installed where we may, said where we may not.
# The Chromium without a window walks twice as fast on two cores; the other one does where there is none.
set -eu
has() { command -v "$1" >/dev/null; }
install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }
browser=
has chromium-headless-shell || browser=chromium-headless-shell
missing=
has clamd || test -x /usr/sbin/clamd || missing="$missing clamav-daemon"
has pdfsig || missing="$missing poppler-utils"
[ -z "$browser$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && has apt-get; then
  echo "Installation pour les tests : $browser$missing…"
  if [ -n "$missing" ]; then apt-get update -qq; install $missing; fi
  if [ -n "$browser" ]; then { apt-get update -qq && install "$browser"; } 2>/dev/null || has chromium || install chromium; fi
  exit 0
fi
has chromium && browser=
[ -z "$browser$missing" ] && exit 0
echo "Il manque pour les tests : sudo apt install $browser$missing" >&2
[ -z "$browser" ] || exit 1
