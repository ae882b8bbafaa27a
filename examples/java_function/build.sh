#!/bin/sh
# Compiles the function and packs it: build.sh PACKAGE.zip. The core has the SDK and Lambda's interfaces; JARS is where they are.
set -eu
target=$(readlink -f "$1")
cd "$(dirname "$0")"
jars=${JARS:-../../build/release/runtimes/java}
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
javac --release 8 -Xlint:-options -cp "$jars/interfaces.jar:$jars/sdk.jar:$jars/runtime.jar" -d "$classes" plant/*.java
cd "$classes"
zip -qr "$target" .
