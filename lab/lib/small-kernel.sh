#!/usr/bin/env bash
# The small kernel: built once from Debian's source package, with everything that deals with buffers and fences built in.
# Sourced, after common.sh.

small_suite=trixie-backports
small_source=linux-source-7.3
small_config=$lab/small-kernel.config

small_kernel_folder() { printf '%s' "$cache/kernels/small-$small_source-$(checksum "$small_config")"; }

# build_small_kernel FOLDER: the build itself; leaves vmlinuz and config there.
build_small_kernel() {
    local folder=$1 log=$cache/small-kernel.log tree line missing=
    need_tools flex:flex bison:bison m4:m4 bc:bc make:make gcc:gcc xz-utils:xz
    [ -e /usr/include/libelf.h ] && [ -e /usr/include/openssl/ssl.h ] ||
        lack "headers are missing. Install them: apt-get install libelf-dev libssl-dev"
    say "building the small kernel, once: about a quarter of an hour; the log is $log"
    unpack_packages "$small_suite" "$folder/package" "$small_source" || return 1
    tree=$folder/tree
    mkdir "$tree"
    # The largest part of the sources are registers of graphics cards.
    tar -C "$tree" --strip-components=1 --exclude='*/asic_reg' -xf "$folder"/package/usr/src/linux-source-*.tar.xz || return 1
    rm -rf "$folder/package"
    {
        make -C "$tree" tinyconfig && cat "$small_config" >>"$tree/.config" && make -C "$tree" olddefconfig
    } >"$log" 2>&1 || { tail -n 20 "$log" >&2; die "the small kernel cannot be configured"; }
    while read -r line; do
        case $line in
            CONFIG_*) grep -qxF "$line" "$tree/.config" || missing="$missing ${line#CONFIG_}" ;;
            '# CONFIG_'*' is not set') line=${line#\# } ; ! grep -q "^${line%% *}=" "$tree/.config" || missing="$missing -${line%% *}" ;;
        esac
    done <"$small_config"
    [ -z "$missing" ] || die "this kernel's configuration does not take:$missing"
    make -C "$tree" -j "$(nproc)" bzImage >>"$log" 2>&1 || { grep -m 5 'error' "$log" >&2; die "the small kernel does not build; see $log"; }
    cp "$tree/arch/x86/boot/bzImage" "$folder/vmlinuz" && cp "$tree/.config" "$folder/config" || return 1
    make -s -C "$tree" kernelrelease >"$folder/release" 2>/dev/null
    rm -rf "$tree"
    say "the small kernel is built"
}
