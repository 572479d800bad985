#!/usr/bin/env bash
# Programs that others wrote and that take part in the suites: from Debian's packages, unpacked and never installed, with
# the libraries they need. They are a layer of the guest's file system, below /usr. Sourced, after guest.sh.

# One suite for all machines, so that the names and versions are the same everywhere; only the C library is the machine's.
programs_suite=bookworm

programs_packages=(
    # v4l2-ctl, and modetest
    v4l-utils libv4l-0 libv4lconvert0 libv4l2rds0 libjpeg62-turbo libudev1 libstdc++6
    libdrm-tests libdrm2 libdrm-amdgpu1
    strace
    # gst-launch-1.0 with no more than a camera needs
    gstreamer1.0-tools libgstreamer1.0-0 gstreamer1.0-plugins-good libgstreamer-plugins-base1.0-0 liborc-0.4-0 libgudev-1.0-0
    libglib2.0-0 libffi8 libpcre2-8-0 zlib1g libunwind8 liblzma5 libdw1 libelf1 libbz2-1.0
)

# What of them goes into the guest, beside the libraries that these are linked with.
programs_files=(
    bin/v4l2-ctl bin/modetest bin/strace bin/gst-launch-1.0
    lib/x86_64-linux-gnu/gstreamer-1.0/libgst{coreelements,video4linux2}.so
)

make_programs() { # FOLDER: leaves programs.zst there
    local folder=$1 packages=$1/packages tree=$1/tree file library missing path
    unpack_packages "$programs_suite" "$packages" "${programs_packages[@]}" || return 1
    path=$packages/usr/lib/x86_64-linux-gnu:$packages/lib/x86_64-linux-gnu
    for file in "${programs_files[@]}"; do
        mkdir -p "$tree/usr/${file%/*}" && cp -L "$packages/usr/$file" "$tree/usr/$file" || return 1
    done
    missing=$(LD_LIBRARY_PATH=$path ldd "${programs_files[@]/#/$packages/usr/}" | sed -nE 's/^\s*(\S+) => not found.*/\1/p' | sort -u)
    [ -z "$missing" ] || { say "no package has:" $missing; return 1; }
    mkdir -p "$tree/usr/lib/x86_64-linux-gnu"
    LD_LIBRARY_PATH=$path ldd "${programs_files[@]/#/$packages/usr/}" | sed -nE 's/^.*=> (\/\S+) .*/\1/p' | sort -u |
        while read -r library; do
            case ${library##*/} in
                # These are the machine's, and the other layer has them.
                ld-linux* | libc.so* | libm.so* | libdl.so* | libpthread.so* | librt.so* | libgcc_s.so*) ;;
                *) cp -L "$library" "$tree/usr/lib/x86_64-linux-gnu/" || exit 1 ;;
            esac
        done || return 1
    pack "$tree" "$folder/programs.zst" && rm -rf "$packages" "$tree"
}

# prepare_programs: makes the layer once and sets `programs_layer` to its file.
prepare_programs() {
    local folder
    folder=$cache/programs-$(checksum "$lab/lib/programs.sh")
    once "$folder" make_programs || die "the programs of others cannot be brought into the guest"
    programs_layer=$folder/programs.zst
}
