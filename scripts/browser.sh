#!/usr/bin/env bash
# The journeys need Chromium: install Debian's where we may, say so where we may not.
set -eu
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installation de Chromium pour les parcours dans le navigateur…"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
  exit 0
fi
echo "Les parcours dans le navigateur ont besoin de Chromium : sudo apt install chromium" >&2
exit 1
