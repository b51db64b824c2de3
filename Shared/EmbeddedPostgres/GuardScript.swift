/// The shell program that stands between this process and Postgres.
///
/// It reads commands from a pipe whose other end only this process holds. However this process ends, the pipe closes,
/// and the guard stops Postgres and removes what it made. Should the guard itself be killed, the kernel sends Postgres
/// the signal for a fast stop (`setpriv --pdeathsig`). A server that ends without having been told to is started again.
enum GuardScript {
    static let text = #"""
        set -u
        binaries=$1 account=$2 folder=$3 temporary=$4
        shift 4
        data=$folder/data log=$folder/postgres.log sockets='' server='' killed=''
        cd /
        umask 077
        # Ctrl-C reaches every process of the terminal; the pipe alone decides when to stop.
        trap '' HUP INT PIPE
        trap 'exit 143' TERM

        become=(setpriv --pdeathsig INT --)
        if [ -n "$account" ]; then
            become=(setpriv --reuid "$account" --regid "$(id -g "$account")" --init-groups --pdeathsig INT --)
        fi

        fail() {
            printf 'failed %s\n' "$*"
            exit 1
        }

        last_complaint() {
            if tail -n 50 "$log" | grep -qE 'No space left|free disk space'; then
                printf 'the disk of %s is full: make room, or choose another folder.' "$folder"
            else
                grep -E 'FATAL|PANIC|[Ee]rror|could not' "$log" | tail -n 1 | sed 's/^.*\(FATAL\|PANIC\): *//'
            fi
        }

        prepare() {
            if [ ! -d "$folder" ]; then
                made=1
                mkdir -p "$folder" 2>/dev/null || fail "The folder $folder cannot be made: check its path and rights."
                [ -z "$account" ] || chown "$account" "$folder"
            fi
            if ! "${become[@]}" test -x "$folder"; then
                [ -z "${made:-}" ] || rmdir "$folder"
                fail "The account ${account:-of this process} cannot enter $folder: choose a folder it may enter."
            fi
            (: >>"$log") 2>/dev/null || fail "Nothing can be written in $folder: check its owner and the free space."
            sockets=$(mktemp -d /tmp/zhike.XXXXXX) || fail "No folder can be made in /tmp: check the free space."
            [ -n "$account" ] && chown "$account" "$sockets"
            [ -f "$data/PG_VERSION" ] && return
            # Made beside and renamed, so that an interrupted initdb leaves no half of a data folder.
            rm -rf "$data.new"
            mkdir "$data.new" || fail "The folder $data.new cannot be made."
            [ -n "$account" ] && chown "$account" "$data.new"
            [ "$temporary" = 1 ] && unsynced=--no-sync
            "${become[@]}" "$binaries/initdb" --pgdata "$data.new" --username postgres --data-checksums \
                --auth-local trust --auth-host reject --encoding UTF8 --locale C.UTF-8 --no-instructions \
                ${unsynced:-} </dev/null >>"$log" 2>&1 || fail "initdb failed: $(last_complaint)"
            mv "$data.new" "$data" || fail "The folder $data cannot be made."
        }

        running() { [ -n "$server" ] && kill -0 "$server" 2>/dev/null; }

        # Or says no, and why in the log.
        launch() {
            local state known deadline=$((SECONDS + 120))
            while [ "$SECONDS" -lt "$deadline" ]; do
                known=$(stat -c %s "$log")
                "${become[@]}" "$binaries/postgres" -D "$data" -c "unix_socket_directories=$sockets" "$@" \
                    </dev/null >>"$log" 2>&1 &
                server=$!
                while running && [ "$SECONDS" -lt "$deadline" ]; do
                    { mapfile -t state <"$data/postmaster.pid"; } 2>/dev/null || state=()
                    if [ "${state[0]-}" = "$server" ] && [[ ${state[7]-} == ready* ]]; then
                        killed=''
                        return
                    fi
                    sleep 0.02
                done
                # The orphans of a killed server hold its memory until they notice, and write into the log as well.
                tail -c "+$((known + 1))" "$log" | grep -q 'shared memory block' || break
                sleep 0.1
            done
            return 1
        }

        launch_or_fail() { launch "$@" || fail "Postgres did not start: $(last_complaint)"; }

        # A fast stop, then one without a checkpoint, then none at all.
        halt() {
            local step
            for step in INT QUIT KILL; do
                running || break
                kill "-$step" "$server" 2>/dev/null
                for _ in $(seq 200); do
                    running || break
                    sleep 0.05
                done
            done
            server=''
        }

        forget() {
            local state
            halt
            # Only a server that ended by itself has given its shared memory back.
            if [ -n "$killed" ] && { mapfile -t state <"$data/postmaster.pid"; } 2>/dev/null; then
                ipcrm -m "$(set -- ${state[6]-}; printf %s "${2-}")" 2>/dev/null
            fi
            [ -n "$sockets" ] && rm -rf "$sockets"
            [ "$temporary" = 1 ] && rm -rf "$folder"
        }
        trap forget EXIT

        # Nobody has told it to end: it was killed, or has met a fault.
        revive() {
            [ -n "$server" ] && ! running || return
            killed=1
            printf 'The server has ended by itself: starting it again.\n' >>"$log"
            # Tried again at the next look, for what stands in the way may pass.
            launch "$@" || true
        }

        prepare
        launch_or_fail "$@"
        printf 'ready %s\n' "$sockets"
        while true; do
            IFS= read -r -t 1 command || {
                # Beyond 128 the second is over; otherwise the pipe is closed.
                [ $? -gt 128 ] || exit 0
                revive "$@"
                continue
            }
            case $command in
                start) running || launch_or_fail "$@" ;;
                restart) halt; launch_or_fail "$@" ;;
                kill) killed=1; running && kill -KILL "$server" && wait "$server" 2>/dev/null; server='' ;;
                stop) forget; trap - EXIT; printf 'done\n'; exit 0 ;;
            esac
            printf 'done\n'
        done
        """#
}
