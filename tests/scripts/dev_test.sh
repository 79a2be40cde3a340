#!/usr/bin/env bash
# dev_test.sh - ./dev in a tree of its own, where dpkg, apt, cmake and the rest only write down how they were called.
# shellcheck disable=SC2016  # the stubs expand their variables themselves
set -u
tree=$(cd "$(dirname "$0")/../.." && pwd)
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
passed=0 failed=0
export CALLS=$room/calls PATH=$room/stubs:$PATH
unset CI RDPDX_SKIP_ASAN

stub() { # NAME, then its body on standard input
    { printf '#!/bin/sh\n'; cat; } >"$room/stubs/$1"
    chmod +x "$room/stubs/$1"
}

# A new tree in which the packages of the file 'have' are installed and everything succeeds.
fresh() {
    rm -rf "$room/tree" "$room/stubs" "$CALLS"
    mkdir -p "$room/tree" "$room/stubs"
    touch "$CALLS" "$room/have"
    cp "$tree/dev" "$room/tree/dev"
    stub dpkg-query <<<'for last; do :; done; grep -qx "$last" "'"$room"'/have" && printf installed'
    stub id <<<'echo 0'
    stub sudo <<<'echo "sudo $*" >>"$CALLS"; exit 1'
    stub apt-get <<<'echo "apt-get $*" >>"$CALLS"'
    stub cmake <<<'echo "cmake $*" >>"$CALLS"; mkdir -p build/release; echo ran >build/release/build.ninja
printf "#!/bin/sh\necho \"rdpdx \$*\"\n" >build/release/rdpdx; chmod +x build/release/rdpdx'
    stub ctest <<<'echo "ctest $*" >>"$CALLS"; echo "100% tests passed, 0 tests failed out of 3"; exit ${CTEST_EXIT:-0}'
}

dev() { status=0; out=$("$room/tree/dev" "$@" 2>"$room/err" </dev/null) || status=$?; err=$(cat "$room/err"); }

ok() { # SENTENCE COMMAND...
    local sentence=$1
    shift
    if "$@"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf 'FAIL %s\n  status %s\n  out %s\n  err %s\n  calls %s\n' "$sentence" "$status" "$out" "$err" "$(cat "$CALLS")"
    fi
}
has() { case $1 in *"$2"*) return 0 ;; *) return 1 ;; esac; }
lacks() { ! has "$@"; }
everything() { sed -n "/^packages='/,/^'/p" "$tree/dev" | awk 'NF > 2 { print $2 }'; }

fresh && dev help
ok 'help names every command' has "$out" './dev fuzz'
dev no-such-command
ok 'an unknown command is a usage error' [ $status = 2 ]

fresh && everything | grep -vx -e libfmt-dev -e catch2 >"$room/have"
dev run analyze x
ok 'only what is missing and needed is installed' has "$(grep install "$CALLS")" '--no-install-recommends libfmt-dev'
ok 'a package of another command is left alone' lacks "$(cat "$CALLS")" catch2
ok 'it says what it installs and why' has "$err" 'text formatting'
ok 'arguments reach the program' [ "$out" = 'rdpdx analyze x' ]
ok 'a first build for run needs no test package' has "$(cat "$CALLS")" -DRDPDX_TESTS=OFF
: >"$CALLS" && : >"$room/have"
dev run
ok 'the second time asks neither dpkg nor apt nor configures again' [ "$(wc -l <"$CALLS")" = 1 ]
ok 'without arguments it analyses a sample and says so' has "$err" 'build/release/rdpdx analyze samples/'
for file in ${out#rdpdx analyze }; do ok "the sample is there: $file" [ -f "$tree/$file" ]; done

fresh && everything | grep -vx tshark >"$room/have"
stub id <<<'echo 1000'
dev test
ok 'a missing extra does not stop the tests' [ $status = 0 ]
ok 'the last line is the summary of ctest' [ "$(tail -n 1 <<<"$out")" = '100% tests passed, 0 tests failed out of 3' ]
ok 'the tests run plain and under sanitizers' [ "$(grep -c ^ctest "$CALLS")" = 2 ]

fresh && everything >"$room/have"
CTEST_EXIT=8 dev test
ok 'a failed test fails the command' [ $status = 1 ]
: >"$CALLS" && CI=true RDPDX_SKIP_ASAN=1 dev test
ok 'warnings are errors in CI' has "$(cat "$CALLS")" -DRDPDX_WERROR=ON
ok 'the sanitizer half can be left out' [ "$(grep -c ^ctest "$CALLS")" = 1 ]

fresh && everything | grep -vx -e cmake -e g++ >"$room/have"
stub id <<<'echo 1000'
dev run
ok 'neither root nor sudo is an error' [ $status = 1 ]
ok 'it names the exact command' has "$err" 'apt-get install --no-install-recommends cmake g++'

fresh && everything >"$room/have"
stub cmake <<<'echo "the compiler says no"; exit 1'
dev run
ok 'a failed build shows the end of the log' has "$err" 'the compiler says no'
ok 'a failed build runs nothing' [ -z "$out" ]

printf '%s passed, %s failed\n' $passed $failed
[ $failed = 0 ]
