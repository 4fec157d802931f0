# shellcheck shell=bash
# Sourced by ./sallyport and ./check: where Java and Maven are. Nothing is written to stdout.
#
# find_jdk    sets and exports JAVA_HOME to a JDK of this release or newer; 1 when there is none
# find_maven  sets MAVEN to the mvn command, or to the wrapper that fetches it

readonly REQUIRED_JAVA=25

# The release number of the JDK in folder $1, or nothing when no compiler is there.
jdk_release() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
    if [ -r "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
    else
        "$1/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p'
    fi
}

find_jdk() {
    local candidate chosen=${SALLYPORT_JAVA:-} on_path release
    [ -f "$chosen" ] && chosen=$(dirname "$(dirname "$(readlink -f "$chosen")")")
    on_path=$(command -v javac || true)
    [ -n "$on_path" ] && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
    for candidate in "$chosen" "${JAVA_HOME:-}" "$on_path" \
        /usr/lib/jvm/*-"$REQUIRED_JAVA"-* /usr/lib/jvm/*"$REQUIRED_JAVA"* /usr/lib/jvm/* /opt/jdk* /opt/java/* \
        "$HOME"/.sdkman/candidates/java/"$REQUIRED_JAVA"* "$HOME"/.jdks/*"$REQUIRED_JAVA"*; do
        [ -n "$candidate" ] || continue
        release=$(jdk_release "$candidate")
        if [ -n "$release" ] && [ "$release" -ge "$REQUIRED_JAVA" ]; then
            export JAVA_HOME=$candidate
            return 0
        fi
    done
    echo "sallyport: no JDK $REQUIRED_JAVA or newer found. Install one (temurin-$REQUIRED_JAVA-jdk), or set JAVA_HOME or SALLYPORT_JAVA." >&2
    return 1
}

# mvn from the path when it is new enough, else the wrapper, which fetches one.
find_maven() {
    local here required=3.8.7 version
    here=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
    [ -z "${MAVEN:-}" ] || return 0
    MAVEN=$(command -v mvn || true)
    if [ -n "$MAVEN" ]; then
        version=$("$MAVEN" -B -v 2>/dev/null | sed -n 's/\x1b\[[0-9;]*m//g; s/^Apache Maven \([0-9.]*\).*/\1/p' | head -n 1)
        if printf '%s\n' "$required" "${version:-0}" | sort -V -C; then
            return 0
        fi
    fi
    MAVEN=$here/mvnw
}
