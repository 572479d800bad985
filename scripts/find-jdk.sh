#!/usr/bin/env bash
# Finds a JDK 25 or newer. Sourced: defines find_jdk, which sets JDK to its folder. Run: prints the folder.
# A folder counts when it has bin/java, bin/javac and a `release` file that says so; no Java is started to find out.

jdk_major() { # FOLDER: prints the major version of the JDK there, or nothing
    local key value
    [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
    while IFS='=' read -r key value; do
        if [ "$key" = JAVA_VERSION ]; then
            value=${value//\"/}
            value=${value%%[.+-]*}
            case $value in '' | *[!0-9]*) ;; *) printf '%s' "$value" ;; esac
            return 0
        fi
    done <"$1/release"
}

find_jdk() { # sets JDK; fails with a sentence on standard error when there is none
    local folder major best=0 on_path
    JDK=
    if [ -n "${JAVA_HOME:-}" ]; then
        major=$(jdk_major "$JAVA_HOME")
        if [ "${major:-0}" -ge 25 ]; then JDK=$JAVA_HOME; return 0; fi
    fi
    on_path=$(command -v javac 2>/dev/null) && on_path=$(readlink -f "$on_path") && on_path=${on_path%/bin/javac}
    for folder in "$on_path" /usr/lib/jvm/* /opt/java/* /opt/jdk* /usr/java/* /usr/local/java/* \
        "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
        [ -n "$folder" ] && [ -d "$folder" ] || continue
        major=$(jdk_major "$folder")
        # The oldest that will do: what this project is tested with.
        if [ "${major:-0}" -ge 25 ] && { [ "$best" -eq 0 ] || [ "$major" -lt "$best" ]; }; then
            best=$major
            JDK=$folder
        fi
    done
    [ -n "$JDK" ] && return 0
    echo "dmabuf4j: no JDK 25 or newer found. Install one (a package such as temurin-25-jdk or openjdk-25-jdk-headless)" \
        "or set JAVA_HOME to its folder." >&2
    return 1
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    find_jdk && printf '%s\n' "$JDK"
fi
