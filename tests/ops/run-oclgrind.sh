#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a test program on oclgrind's simulated device, which notices races, accesses out of bounds and (with --uninitialized)
# reads of what nobody wrote. Versions without --stop-errors end with status 0 all the same: so its log must be empty.
# Usage: run-oclgrind.sh OPTION PROGRAM [ARG...]
command -v oclgrind >/dev/null 2>&1 || { echo "1..0 # SKIP oclgrind is not installed"; exit 77; }
option=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
PERCEPTRON_TEST_TINY=1 XDG_CACHE_HOME=$(dirname "$log") oclgrind "$option" --log "$log" "$@"
status=$?
if [ -s "$log" ]; then
  sed 's/^/# /' "$log" | head -n 60
  echo "Bail out! oclgrind found errors"
  exit 1
fi
exit $status
