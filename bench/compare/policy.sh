#!/usr/bin/env bash
# Measures what traffic policy adds to a request of balancerd: the same gateway, the same load, locations with and without it,
# in turn, so that all of them see the same machine. See --help.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
# shellcheck source=measure.sh
. "$HERE/measure.sh"

ROUNDS=6 SECONDS_EACH=3 WARMUP=6 CONNECTIONS=64 PROXY_CORE=0 LOAD_CORE=1
BALANCERD=${BALANCERD:-$ROOT/artifacts/balancerd/balancerd}
LOCATIONS="bare limits fields policy refused"

usage() {
  cat <<TEXT
usage: policy.sh [options]
  --rounds N        rounds, interleaved over the locations; medians are printed (default $ROUNDS)
  --seconds S       length of one measurement (default $SECONDS_EACH)
  --warmup S        load on each location before the first round (default $WARMUP)
  --connections N   client connections (default $CONNECTIONS)
The locations: bare passes requests on; limits adds limit_req and limit_conn by address; fields adds six fields of add_header, one of them
X-Request-ID; policy adds all of that and allow and deny; refused has a limit_req that refuses everything.
balancerd is taken from artifacts/balancerd/balancerd (./build.sh publish), or from \$BALANCERD.
TEXT
}

while [ $# -gt 0 ]; do
  case $1 in
    --rounds) ROUNDS=$2; shift ;;
    --seconds) SECONDS_EACH=$2; shift ;;
    --warmup) WARMUP=$2; shift ;;
    --connections) CONNECTIONS=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

for name in gcc wrk curl taskset awk; do
  command -v "$name" >/dev/null || { echo "policy: $name is missing" >&2; exit 1; }
done
[ -x "$BALANCERD" ] || { echo "policy: $BALANCERD is not there; run ./build.sh publish first" >&2; exit 1; }
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true

begin_work
[ "$(nproc)" -gt 1 ] || LOAD_CORE=0

gcc -O2 -o "$WORK/upstream" "$HERE/upstream.c"
taskset -c "$LOAD_CORE" "$WORK/upstream" 1 >"$WORK/upstream.log" 2>&1 &
OWN_PIDS+=("$!")
wait_until "the upstream" "$!" "$WORK/upstream.log" test -s "$WORK/upstream.log"
read -r UPSTREAM_PORT _ <"$WORK/upstream.log"

PORT=$(free_port)
LIMITS='limit_req = "zone=wide burst=1000000 nodelay"
  limit_conn = "addr 1000"'
FIELDS="add_header.Strict-Transport-Security = \"max-age=63072000; includeSubDomains\"
  add_header.Content-Security-Policy = \"default-src 'self'; object-src 'none'; frame-ancestors 'none'\"
  add_header.X-Frame-Options = \"DENY\"
  add_header.X-Content-Type-Options = \"nosniff\"
  add_header.Referrer-Policy = \"strict-origin-when-cross-origin\"
  add_header.X-Request-ID = \"\$request_id\""
cat >"$WORK/balancerd.toml" <<TOML
error_log = "stderr crit"
keepalive_requests = 1000000000
limit_req_zone = ["\$binary_remote_addr zone=wide:10m rate=1000000r/s", "\$binary_remote_addr zone=tight:10m rate=1r/d"]
limit_conn_zone = "\$binary_remote_addr zone=addr:10m"
[upstream.pool]
keepalive = 128
keepalive_requests = 1000000000
server = "127.0.0.1:$UPSTREAM_PORT"
[[server]]
listen = "127.0.0.1:$PORT"
  [[server.location]]
  path = "/bare"
  proxy_pass = "http://pool/64"
  [[server.location]]
  path = "/limits"
  proxy_pass = "http://pool/64"
  $LIMITS
  [[server.location]]
  path = "/fields"
  proxy_pass = "http://pool/64"
  $FIELDS
  [[server.location]]
  path = "/policy"
  proxy_pass = "http://pool/64"
  allow = ["10.0.0.0/8", "127.0.0.0/8", "2001:db8::/32"]
  deny = "all"
  $LIMITS
  $FIELDS
  [[server.location]]
  path = "/refused"
  proxy_pass = "http://pool/64"
  limit_req = "zone=tight"
TOML
taskset -c "$PROXY_CORE" "$BALANCERD" -c "$WORK/balancerd.toml" >"$WORK/balancerd.log" 2>&1 &
GATEWAY_PID=$!
OWN_PIDS+=("$GATEWAY_PID")
wait_until "balancerd" "$GATEWAY_PID" "$WORK/balancerd.log" curl -s -o /dev/null "http://127.0.0.1:$PORT/bare"
curl -s -o /dev/null "http://127.0.0.1:$PORT/refused"
for name in $LOCATIONS; do
  expected=200
  [ "$name" = refused ] && expected=503
  status=$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$PORT/$name")
  [ "$status" = "$expected" ] || { echo "policy: /$name is answered $status" >&2; exit 1; }
done

load() { # location seconds: prints the number of requests
  taskset -c "$LOAD_CORE" wrk -t1 -c"$CONNECTIONS" -d"${2}s" --timeout 10s -s "$HERE/wrk.lua" "http://127.0.0.1:$PORT/$1" | awk '/^RESULT/ { print $2 }'
}

for name in $LOCATIONS; do load "$name" "$WARMUP" >/dev/null; done
for ((round = 0; round < ROUNDS; round++)); do
  for name in $LOCATIONS; do
    before=$(cpu_us "$GATEWAY_PID")
    requests=$(load "$name" "$SECONDS_EACH")
    after=$(cpu_us "$GATEWAY_PID")
    awk -v us="$((after - before))" -v n="$requests" 'BEGIN { printf "%.2f\n", us / n }' >>"$WORK/$name.us"
  done
done

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
BARE=$(median "$WORK/bare.us")
echo "| location | CPU µs/request | against bare |"
echo "|---|---|---|"
for name in $LOCATIONS; do
  us=$(median "$WORK/$name.us")
  awk -v name="$name" -v us="$us" -v bare="$BARE" 'BEGIN { printf "| %s | %.2f | %+.2f |\n", name, us, us - bare }'
done
