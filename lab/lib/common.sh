#!/usr/bin/env bash
# What all labs share: the cache folder, the tools, and packages that are downloaded and unpacked but never installed.
# Sourced, with `lab` set to the lab's folder.

root=$(cd "$lab/.." && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:?}/.cache}/dmabuf4j/lab
. "$root/scripts/find-jdk.sh"

say() { echo "lab: $*" >&2; }
die() { say "$*"; exit 1; }
# What this machine lacks is no failure.
lack() { say "$*"; exit 3; }

# need_tools PACKAGE:COMMAND...: ends with 3 and one sentence that names all packages that are missing.
need_tools() {
    local pair missing=()
    for pair in "$@"; do
        PATH=$PATH:/sbin:/usr/sbin command -v "${pair#*:}" >/dev/null || missing+=("${pair%%:*}")
    done
    [ ${#missing[@]} -eq 0 ] || lack "tools are missing. Install them: apt-get install ${missing[*]}"
}

# What each run needs, whatever it boots.
need_lab_tools() { need_tools qemu-system-x86:qemu-system-x86_64 busybox-static:busybox cpio:cpio zstd:zstd; }

# checksum FILE...: a key made of what the files contain.
checksum() { cat "$@" | sha256sum | cut -c1-16; }

# Everything in the cache is made in a folder of its own and renamed when it is complete: what is there is whole.
# once FOLDER COMMAND...: unless the folder is there, runs COMMAND with the name of a new one as its last argument.
once() {
    local folder=$1 fresh
    shift
    [ -e "$folder" ] && return 0
    mkdir -p "${folder%/*}"
    exec 7>"$folder.lock"
    flock 7
    if [ ! -e "$folder" ]; then
        fresh=$folder.new
        rm -rf "$fresh" && mkdir "$fresh"
        "$@" "$fresh" || { exec 7>&-; return 1; }
        mv "$fresh" "$folder"
    fi
    exec 7>&-
    rm -f "$folder.lock"
}

# The address of Debian's packages as this machine is set up for them.
debian_mirror() {
    local mirror
    mirror=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "Debian" && $2 !~ /-/ { print $3; exit }')
    [ -n "$mirror" ] || lack "the labs take kernels from Debian's packages, and apt on this machine knows no source of them"
    printf '%s' "$mirror"
}

# with_suite SUITE COMMAND...: runs an apt command that sees only a given suite of Debian, from the machine's own mirror.
# The machine's own configuration and lists are not touched.
with_suite() {
    local suite=$1 folder=$cache/apt/$1 mirror key signed=
    shift
    if [ ! -f "$folder/complete" ] || [ -n "$(find "$folder/complete" -mtime +7)" ]; then
        mirror=$(debian_mirror) || exit 3
        mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
        for key in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
            [ -f "$key" ] && signed="[signed-by=$key] "
        done
        echo "deb $signed$mirror $suite main" >"$folder/sources.list"
        cat >"$folder/apt.conf" <<CONFIGURATION
Dir::Etc::SourceList "$folder/sources.list";
Dir::Etc::SourceParts "-";
Dir::State::Lists "$folder/lists";
Dir::State::Status "/dev/null";
Dir::Cache "$folder/cache";
APT::Sandbox::User "";
CONFIGURATION
        APT_CONFIG=$folder/apt.conf apt-get -q -o APT::Update::Error-Mode=any update >"$folder/update.log" 2>&1 ||
            { tail -n 5 "$folder/update.log" >&2; lack "cannot read the list of packages of $suite"; }
        touch "$folder/complete"
    fi
    APT_CONFIG=$folder/apt.conf "$@"
}

# unpack_packages SUITE FOLDER PACKAGE...: downloads packages and unpacks them below a folder. SUITE "-": the machine's own.
unpack_packages() {
    local suite=$1 folder=$2 package within=()
    shift 2
    [ "$suite" = - ] || within=(with_suite "$suite")
    mkdir -p "$folder.packages"
    for package in "$@"; do
        say "downloading $package"
        (cd "$folder.packages" && "${within[@]}" apt-get -q -o APT::Sandbox::User= download "$package") \
            >"$folder.packages/log" 2>&1 ||
            { tail -n 5 "$folder.packages/log" >&2; lack "cannot download $package; is there a network, or is 'apt-get update' needed?"; }
    done
    for package in "$folder.packages"/*.deb; do dpkg -x "$package" "$folder" || return 1; done
    rm -rf "$folder.packages"
}
