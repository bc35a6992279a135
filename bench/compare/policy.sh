#!/usr/bin/env bash
# Measures what traffic policy adds to a request of balancerd: two gateways on one core under the same load at the same time, one with
# the bare location and one with another, so that both see the same machine at every instant. See --help.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
# shellcheck source=measure.sh
. "$HERE/measure.sh"

ROUNDS=9 SECONDS_EACH=4 WARMUP=6 CONNECTIONS=64 PROXY_CORE=0 LOAD_CORE=1
BALANCERD=${BALANCERD:-$ROOT/artifacts/balancerd/balancerd}
LOCATIONS="bare limits fields policy refused"

usage() {
  cat <<TEXT
usage: policy.sh [options]
  --rounds N        rounds, interleaved over the locations; the median of their differences is printed, with its quartiles (default $ROUNDS)
  --seconds S       length of one measurement (default $SECONDS_EACH)
  --warmup S        load on each location before the first round (default $WARMUP)
  --connections N   client connections of each gateway (default $CONNECTIONS)
The locations: bare passes requests on; limits adds limit_req and limit_conn by address; fields adds six fields of add_header, one of them
X-Request-ID; policy adds limit_req, those fields, and allow and deny; refused has a limit_req that refuses everything. Each is measured beside a
gateway with the bare location; bare against bare tells how far to trust the rest.
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

LIMIT_REQ='limit_req = "zone=wide burst=1000000 nodelay"'
FIELDS="add_header.Strict-Transport-Security = \"max-age=63072000; includeSubDomains\"
  add_header.Content-Security-Policy = \"default-src 'self'; object-src 'none'; frame-ancestors 'none'\"
  add_header.X-Frame-Options = \"DENY\"
  add_header.X-Content-Type-Options = \"nosniff\"
  add_header.Referrer-Policy = \"strict-origin-when-cross-origin\"
  add_header.X-Request-ID = \"\$request_id\""
configure() { # port: the file of a gateway
  cat <<TOML
error_log = "stderr crit"
keepalive_requests = 1000000000
limit_req_zone = ["\$binary_remote_addr zone=wide:10m rate=1000000r/s", "\$binary_remote_addr zone=tight:10m rate=1r/d"]
limit_conn_zone = "\$binary_remote_addr zone=addr:10m"
[upstream.pool]
keepalive = 128
keepalive_requests = 1000000000
server = "127.0.0.1:$UPSTREAM_PORT"
[[server]]
listen = "127.0.0.1:$1"
  [[server.location]]
  path = "/bare"
  proxy_pass = "http://pool/64"
  [[server.location]]
  path = "/limits"
  proxy_pass = "http://pool/64"
  $LIMIT_REQ
  limit_conn = "addr 1000"
  [[server.location]]
  path = "/fields"
  proxy_pass = "http://pool/64"
  $FIELDS
  [[server.location]]
  path = "/policy"
  proxy_pass = "http://pool/64"
  allow = ["10.0.0.0/8", "127.0.0.0/8", "2001:db8::/32"]
  deny = "all"
  $LIMIT_REQ
  $FIELDS
  [[server.location]]
  path = "/refused"
  proxy_pass = "http://pool/64"
  limit_req = "zone=tight"
TOML
}

start() { # name: starts a gateway, as PORT_name and PID_name
  local port
  port=$(free_port)
  configure "$port" >"$WORK/$1.toml"
  taskset -c "$PROXY_CORE" "$BALANCERD" -c "$WORK/$1.toml" >"$WORK/$1.log" 2>&1 &
  OWN_PIDS+=("$!")
  printf -v "PORT_$1" '%s' "$port"
  printf -v "PID_$1" '%s' "$!"
  wait_until "balancerd" "$!" "$WORK/$1.log" curl -s -o /dev/null "http://127.0.0.1:$port/bare"
  curl -s -o /dev/null "http://127.0.0.1:$port/refused"
}

start left
start right
for name in $LOCATIONS; do
  expected=200
  [ "$name" = refused ] && expected=503
  for port in "$PORT_left" "$PORT_right"; do
    status=$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/$name")
    [ "$status" = "$expected" ] || { echo "policy: /$name is answered $status" >&2; exit 1; }
  done
done

load() { # port location seconds: prints the number of requests
  taskset -c "$LOAD_CORE" wrk -t1 -c"$CONNECTIONS" -d"${3}s" --timeout 10s -s "$HERE/wrk.lua" "http://127.0.0.1:$1/$2" | awk '/^RESULT/ { print $2 }'
}

for name in $LOCATIONS; do
  load "$PORT_left" "$name" "$WARMUP" >/dev/null &
  load "$PORT_right" "$name" "$WARMUP" >/dev/null
  wait "$!"
done

beside() { # port pid port pid location: the CPU time per request of the bare location on the first, and of the other on the second
  local bare other
  bare=$(cpu_us "$2") other=$(cpu_us "$4")
  load "$1" bare "$SECONDS_EACH" >"$WORK/bare.n" &
  load "$3" "$5" "$SECONDS_EACH" >"$WORK/other.n"
  wait "$!"
  bare=$(($(cpu_us "$2") - bare)) other=$(($(cpu_us "$4") - other))
  awk -v b="$bare" -v bn="$(<"$WORK/bare.n")" -v o="$other" -v on="$(<"$WORK/other.n")" 'BEGIN { printf "%.3f %.3f\n", b / bn, o / on }'
}

for ((round = 0; round < ROUNDS; round++)); do
  for name in $LOCATIONS; do
    # Once on either side, so that what tells the two processes apart cancels out.
    {
      beside "$PORT_left" "$PID_left" "$PORT_right" "$PID_right" "$name"
      beside "$PORT_right" "$PID_right" "$PORT_left" "$PID_left" "$name"
    } | awk '{ b += $1; o += $2 } END { printf "%.2f %.2f\n", o / 2, (o - b) / 2 }' >>"$WORK/$name.us"
  done
done

quantile() { # column of a file, of 4: 1 to 3
  awk -v c="$1" '{ print $c }' "$2" | sort -g | awk -v q="$3" '{ v[NR] = $1 } END { print v[int((NR - 1) * q / 4 + 0.5) + 1] }'
}

echo "| location | CPU µs/request | more than the bare one beside it | quartiles |"
echo "|---|---|---|---|"
for name in $LOCATIONS; do
  printf '| %s | %.2f | %+.2f | %+.2f to %+.2f |\n' "$name" "$(quantile 1 "$WORK/$name.us" 2)" "$(quantile 2 "$WORK/$name.us" 2)" "$(quantile 2 "$WORK/$name.us" 1)" "$(quantile 2 "$WORK/$name.us" 3)"
done
