# The rows of the table. One line each: name, title, path, method, request body in bytes, new connection per request, and the client's TLS:
# none, keepalive (wrk), full (a handshake per request) or resumed (a session of the connection before). The floor speaks no TLS.
# A row for HTTP/2 adds its fields here and its listener to every proxy in proxies.sh.
ROWS="get-64 get-1k get-64k get-1m post-1k close https-64 https-1m tls-full tls-resumed"

declare -A ROW_TITLE ROW_PATH ROW_METHOD ROW_BODY ROW_CLOSE ROW_TLS

row() { # name title path method body close tls
  ROW_TITLE[$1]=$2 ROW_PATH[$1]=$3 ROW_METHOD[$1]=$4 ROW_BODY[$1]=$5 ROW_CLOSE[$1]=$6 ROW_TLS[$1]=${7:-none}
}

row get-64  "GET, 64-byte body, keepalive"            /64  GET  0    0
row get-1k  "GET, 1 KiB body, keepalive"              /1k  GET  0    0
row get-64k "GET, 64 KiB body, keepalive"             /64k GET  0    0
row get-1m  "GET, 1 MiB body, keepalive"              /1m  GET  0    0
row post-1k "POST, 1 KiB request body, keepalive"     /64  POST 1024 0
row close   "GET, 64-byte body, new connection each"  /64  GET  0    1
row https-64    "HTTPS (TLS 1.3), GET, 64-byte body, keepalive"                    /64 GET 0 0 keepalive
row https-1m    "HTTPS (TLS 1.3), GET, 1 MiB body, keepalive"                      /1m GET 0 0 keepalive
row tls-full    "New TLS 1.3 connection each, ECDSA P-256, GET, 64-byte body"      /64 GET 0 1 full
row tls-resumed "New TLS 1.3 connection each, session resumed, GET, 64-byte body"  /64 GET 0 1 resumed

serves() { # row proxy
  [ "${ROW_TLS[$1]}" = none ] || [ "$2" != floor ]
}
