#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that `library --sql` loads in sqlite3 and in MariaDB, whatever
# character set its database and its client were set up with, a second time
# over the first one too, and that each row then is what `library --json`
# says: names with quotes, backslashes, line feeds and escapes, bytes that are
# no UTF-8, emoji, very long ones, and some that differ by case, accent or
# spaces at the end.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

for program in sqlite3 mariadbd mariadb mariadb-install-db; do
	command -v $program >/dev/null || SKIP "$program is missing"
done

# named FILE: the template under that name, the bytes of a printf format.
named() {
	# shellcheck disable=SC2059
	_to=$media/$(printf "$1.")
	_to=${_to%.}
	mkdir -p "$(dirname "$_to")"
	cp "$W/template.mp3" "$_to" || FAIL "cannot make $1"
}

columns="channel name track file container codec sample_rate channels bitrate
    frames duration_ms size title artist album problem"

seed=1
"$tools/mkmp3" -s $seed -t 20 -v 2.5 -r 11025 -b 16 -T "It's 100%" \
    "$W/template.mp3"
# shellcheck disable=SC1003
for name in "it's \"one\" \`two\` '; DROP TABLE tracks; --.mp3" \
    'back\\slash \\0 \\x \\.mp3\\' '\\. file.mp3' \
    'line\nfeed\r\ttab.mp3' '-- dash.mp3' '/* note */x.mp3' \
    '\033[31mred\007.mp3' 'end\177\302\205.mp3' 'mark\357\273\277.mp3' \
    'latin\351.mp3' 'cut\303' '\377\376.mp3' 'half\355\240\200.mp3' \
    'music \360\237\216\265.mp3' 'Case.mp3' 'case.mp3' 'e.mp3' \
    '\303\251.mp3' 'e\314\201.mp3' 'end.mp3' 'end.mp3 ' 'end.mp3  ' \
    '%%_? :1 @x $y {} \043.mp3' 'NULL'; do
	named "1-files/$name"
done
long=$(printf '%0240d' 0)
deep=2-long
for _ in 1 2 3 4 5 6 7 8; do
	deep=$deep/$long
done
named "$deep/deep-1.mp3"
named "$deep/deep-2.mp3"
named "2-long/$(seq -s '' -f '\360\237\230\200%.0f' 40).mp3"
named "O'Brien \"the\" \\\\ \360\237\216\265/a.mp3"
named 'no text \377/a.mp3'
mkmp3 tags/a.mp3 -t 20 -T "\\'\" 五 🎵 \\" -A "'; --"
mkmp3 tags/b.mp3 -t 20 -T "\\" -A "é"
echo junk >"$media/tags/it's junk.mp3"

start_server a
ctl() {
	"$B/netradioctl" -s "$W/a.state" "$@"
}
# The survey is through when every track that plays has its frames.
is_counted() {
	ctl library --json >"$W/library.json" &&
	    ! "$tools/jsonl" file frames=null problem=null \
	    <"$W/library.json" >/dev/null
}
soon "all is counted" 10 is_counted
expect "as SQL" eval 'ctl library --sql >"$W/library.sql"'
rows=$(wc -l <"$W/library.json")
expect "$rows tracks" [ "$rows" -ge 30 ]

# What a column has to be, a line each; a duration is in seconds there.
wanted() {
	if [ "$1" = duration_ms ]; then
		"$tools/jsonl" duration <"$W/library.json" |
			sed 's/\.//; s/^0*\([0-9]\)/\1/'
	else
		"$tools/jsonl" "$1" <"$W/library.json"
	fi
}

# is_same SENTENCE ASK: ASK COLUMN prints what the database has in it, as hex
# digits: shells of databases show controls each in their own way.
is_same() {
	for column in $columns; do
		wanted "$column" | hex >"$W/wanted"
		$2 "$column" >"$W/got" 2>"$W/ask.err" ||
			FAIL "$1: $column: $(cat "$W/ask.err")"
		cmp -s "$W/wanted" "$W/got" || {
			diff "$W/wanted" "$W/got" | cut -c 1-150
			FAIL "$1: $column is not what JSON says"
		}
	done
	echo "  ok: $1: every column of every row"
}

# The bytes of lines as hex digits, 0A becomes a new line.
hex() {
	od -An -v -tx1 | tr -d ' \n' | tr a-f A-F | sed 's/../& /g' |
		sed 's/0A /0A\n/g'
}

step "sqlite3"
# Twice: what is there is replaced.
expect "it loads" eval 'cat "$W/library.sql" "$W/library.sql" |
    sqlite3 -bail "$W/library.db"'
in_sqlite() {
	sqlite3 "$W/library.db" "SELECT hex(COALESCE($1, 'null')) || '0A'
	    FROM tracks ORDER BY channel, track" | tr -d '\n' |
		sed 's/../& /g' | sed 's/0A /0A\n/g'
}
is_same "sqlite3" in_sqlite

step "MariaDB"
# As whoever we are: in a world that is not root's there is nobody else.
where="--no-defaults --datadir=$W/db --tmpdir=$W"
mkdir "$W/db"
# shellcheck disable=SC2086
mariadb-install-db $where --user=root --skip-test-db \
    --auth-root-authentication-method=normal >"$W/install.log" 2>&1 ||
	SKIP "MariaDB makes no database: $(tail -n 1 "$W/install.log")"
# shellcheck disable=SC2086
run mariadbd mariadbd $where --user=root --socket="$W/db.socket" \
    --pid-file="$W/db.pid" --skip-networking --skip-grant-tables \
    --innodb-buffer-pool-size=16M --innodb-use-native-aio=0
# database NAME CLIENT'S-CHARACTER-SET ARGUMENT...
database() {
	_db=$1
	_charset=$2
	shift 2
	mariadb --no-defaults --socket="$W/db.socket" \
	    --default-character-set="$_charset" "$@" "$_db" 2>"$W/load.err"
}
soon "it is up" 60 database mysql utf8mb4 -e "SELECT 1" >"$W/up.out"
in_mariadb() {
	database t utf8mb4 --batch --raw --skip-column-names \
	    -e "SELECT COALESCE($1, 'null') FROM tracks
	    ORDER BY channel, track" >"$W/mariadb.out" && hex <"$W/mariadb.out"
}
for theirs in utf8mb4 latin1; do
	for ours in utf8mb4 utf8 latin1; do
		database mysql utf8mb4 -e "DROP DATABASE IF EXISTS t;
		    CREATE DATABASE t CHARACTER SET $theirs" ||
			FAIL "no database: $(cat "$W/load.err")"
		for _ in 1 2; do
			database t $ours <"$W/library.sql" || FAIL "a database \
in $theirs, a client in $ours: $(grep ERROR "$W/load.err")"
		done
		is_same "$theirs, client $ours" in_mariadb
	done
done
OK
