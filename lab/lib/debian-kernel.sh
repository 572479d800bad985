#!/usr/bin/env bash
# Debian's kernel 6.12: downloaded and unpacked, never installed. Sourced, after common.sh.

debian_package=linux-image-6.12-amd64

# The meta-package names the kernel of today; what was fetched once stays until the cache is emptied.
debian_kernel_folder() { printf '%s' "$cache/kernels/$debian_package"; }

# Modules that the guest loads, in this order; each is unpacked with all that it needs.
debian_modules=(virtio_console virtio-gpu vgem vivid vsock vsock_loopback)

fetch_debian_kernel() { # FOLDER
    local folder=$1 image release module path
    need_tools kmod:modprobe xz-utils:xz
    image=$(apt-cache show --no-all-versions "$debian_package" 2>/dev/null |
        sed -nE 's/^Depends: (linux-image-[^ ,]+).*/\1/p' | head -n 1)
    [ -n "$image" ] || lack "apt knows no package $debian_package; run apt-get update, or add Debian's security updates to its sources"
    unpack_packages - "$folder/package" "$image" || return 1
    release=${image#linux-image-}
    cp "$folder/package/boot/vmlinuz-$release" "$folder/vmlinuz" || return 1
    cp "$folder/package/boot/config-$release" "$folder/config" || return 1
    echo "$release" >"$folder/release"
    [ -d "$folder/package/lib/modules" ] || mv "$folder/package/usr/lib" "$folder/package/lib"
    PATH=$PATH:/sbin:/usr/sbin
    depmod -b "$folder/package" "$release" || return 1
    mkdir "$folder/modules"
    for module in "${debian_modules[@]}"; do
        # Lines "insmod PATH [options]"; what is built in says "builtin".
        while read -r path; do
            local name=${path##*/}
            name=${name%.xz}
            [ -e "$folder/modules/$name" ] && continue
            xz -dc "$path" >"$folder/modules/$name" || return 1
            echo "$name" >>"$folder/modules/order"
        done < <(modprobe -d "$folder/package" -S "$release" --show-depends "$module" | sed -nE 's/^insmod ([^ ]+).*/\1/p')
    done
    rm -rf "$folder/package"
}
