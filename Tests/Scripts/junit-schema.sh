#!/usr/bin/env bash
# Prints the path of the schema that strict readers of JUnit files use. pip gets it into the folder that is
# named. Fails where there is no pip, or pip cannot reach its packages.
set -euo pipefail
folder=$1
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
  --dest "$folder" reframe-hpc >&2
python3 -m zipfile -e "$folder"/reframe_hpc-*.whl "$folder/reframe"
find "$folder/reframe" -name junit.xsd | grep .
