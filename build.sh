#!/usr/bin/env bash
# Builds, tests and runs Balancer. `./build.sh help` lists the verbs; each works from a fresh clone.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"

readonly solution=LoadBalancer.sln
readonly daemon=src/Balancer.Daemon
readonly results=artifacts/test-results

export DOTNET_NOLOGO=1
export DOTNET_CLI_TELEMETRY_OPTOUT=1

usage() {
  cat <<'TEXT'
Usage: ./build.sh VERB [ARGUMENT...]

  run       build and start the demo: three small upstream servers, the gateway
            on 127.0.0.1:8080 and the admin endpoint on 127.0.0.1:9145
  test      run the unit and scenario tests; arguments go to `dotnet test`,
            for instance --filter FullyQualifiedName~ReloadQueue
  bench     run the microbenchmarks; arguments go to BenchmarkDotNet,
            for instance --filter '*Parser*' (without arguments: all of them)
  compare   measure balancerd beside nginx, HAProxy and a plain relay
  publish   make artifacts/balancerd/balancerd, one self-contained executable
  format    format the code; with --verify-no-changes only check it
  help      print this text

The .NET 10 SDK is installed with apt where it is missing and apt has it.
Results of the tests are left in artifacts/test-results.
TEXT
}

say() { printf '%s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "build.sh: this needs root and there is no sudo: $*"
    return 1
  fi
}

have_sdk() {
  command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep -q '^10\.'
}

apt_has_sdk() {
  [ -n "$(apt-cache madison dotnet-sdk-10.0 2>/dev/null)" ]
}

need_sdk() {
  if have_sdk; then
    return
  fi

  if command -v apt-get >/dev/null; then
    if ! apt_has_sdk; then
      as_root apt-get update -qq || true
    fi
    if apt_has_sdk; then
      say "build.sh: installing the package dotnet-sdk-10.0"
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq dotnet-sdk-10.0
    fi
  fi

  if ! have_sdk; then
    cat >&2 <<'TEXT'
build.sh: the .NET 10 SDK is missing, and apt has no package dotnet-sdk-10.0.
Install it in one of these ways and try again:

  Debian, with Microsoft's packages (Ubuntu 24.04 and newer has the package itself):
    . /etc/os-release
    curl -fLO https://packages.microsoft.com/config/$ID/$VERSION_ID/packages-microsoft-prod.deb
    sudo dpkg -i packages-microsoft-prod.deb
    sudo apt-get update && sudo apt-get install -y dotnet-sdk-10.0

  Any Linux, into ~/.dotnet:
    curl -fL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0
    export PATH="$HOME/.dotnet:$PATH" DOTNET_ROOT="$HOME/.dotnet"
TEXT
    exit 1
  fi
}

build() {
  need_sdk
  dotnet build "$1" -c Release -v quiet
}

run() {
  build "$daemon"
  exec dotnet "$daemon/bin/Release/net10.0/balancerd.dll" demo "$@"
}

# One project after the other: scenarios measure weights and memory and want the machine for themselves.
tests() {
  build "$solution"
  rm -rf "$results"

  local project name status=0
  for project in tests/*/*.csproj; do
    name=$(basename "$project" .csproj)
    dotnet test "$project" -c Release --no-build --results-directory "$results" \
      --logger "trx;LogFileName=$name.trx" "$@" || status=1
  done
  return "$status"
}

bench() {
  need_sdk
  if [ "$#" -eq 0 ]; then
    set -- --filter '*'
  fi
  dotnet run --project bench/Balancer.Benchmarks -c Release -- "$@"
}

compare() {
  need_sdk
  exec bench/compare/compare.sh "$@"
}

publish() {
  need_sdk
  local rid
  case $(uname -m) in
    aarch64) rid=linux-arm64 ;;
    *) rid=linux-x64 ;;
  esac
  rm -rf artifacts/balancerd
  # EnableSingleFileAnalyzer=false: the analyzer is a package of its own, which the lock file would have to name.
  dotnet publish "$daemon" -c Release -r "$rid" -v quiet -o artifacts/balancerd \
    --self-contained -p:PublishReadyToRun=true -p:PublishReadyToRunComposite=false -p:PublishSingleFile=true -p:EnableSingleFileAnalyzer=false \
    -p:DebugType=embedded -p:PublishReferencesDocumentationFiles=false "$@"
  say "artifacts/balancerd/balancerd: $(artifacts/balancerd/balancerd -v)"
}

format() {
  need_sdk
  dotnet format "$solution" "$@"
}

verb=${1:-help}
[ "$#" -eq 0 ] || shift

case $verb in
  run) run "$@" ;;
  test) tests "$@" ;;
  bench) bench "$@" ;;
  compare) compare "$@" ;;
  publish) publish "$@" ;;
  format) format "$@" ;;
  help | -h | --help) usage ;;
  *)
    say "build.sh: unknown verb '$verb'"
    usage >&2
    exit 2
    ;;
esac
