# The rows of the table. One line each: name, title, path, method, request body in bytes, new connection per request, client connections.
# A row for TLS or HTTP/2 adds its fields here and its listener to every proxy in proxies.sh.
ROWS="get-64 get-1k get-64k get-1m post-1k close"

declare -A ROW_TITLE ROW_PATH ROW_METHOD ROW_BODY ROW_CLOSE

row() { # name title path method body close
  ROW_TITLE[$1]=$2 ROW_PATH[$1]=$3 ROW_METHOD[$1]=$4 ROW_BODY[$1]=$5 ROW_CLOSE[$1]=$6
}

row get-64  "GET, 64-byte body, keepalive"            /64  GET  0    0
row get-1k  "GET, 1 KiB body, keepalive"              /1k  GET  0    0
row get-64k "GET, 64 KiB body, keepalive"             /64k GET  0    0
row get-1m  "GET, 1 MiB body, keepalive"              /1m  GET  0    0
row post-1k "POST, 1 KiB request body, keepalive"     /64  POST 1024 0
row close   "GET, 64-byte body, new connection each"  /64  GET  0    1
