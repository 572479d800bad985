#!/usr/bin/env bash
# What a guest is made of: an initial file system of four layers, each compressed once and kept as long as its
# contents are the same: the tools with a JRE and the kernel's modules; programs of others; the jars; and the job of this run.
# Sourced, after common.sh.

jre_modules=java.base,java.desktop,java.logging,java.management,java.xml,jdk.httpserver,jdk.jfr,jdk.management,jdk.unsupported,jdk.zipfs

# pack FOLDER FILE: a compressed archive of a folder, as the kernel reads it.
pack() { (cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -R 0:0 -o -H newc) | zstd -q -1 -T0 -f -o "$2"; }

make_jre() { # FOLDER
    say "linking a JRE"
    rmdir "$1" && "$JDK/bin/jlink" --add-modules "$jre_modules" --strip-debug --no-header-files --no-man-pages \
        --output "$1"
}

# Programs of this machine that go into the guest, with the libraries they are linked with.
add_libraries() { # FOLDER FILE...: copies what the files are linked with
    local folder=$1 library
    shift
    ldd "$@" 2>/dev/null | grep -oE '/[^ ()]+\.so[^ ()]*' | grep -v '^/.*/jre' | sort -u | while read -r library; do
        [ -e "$folder$library" ] || { mkdir -p "$folder${library%/*}" && cp -L "$library" "$folder$library"; }
    done
}

make_base() { # KERNEL-FOLDER JRE-FOLDER FOLDER: leaves base.zst there
    local kernel=$1 jre=$2 folder=$3 tree=$3/tree library
    mkdir -p "$tree"/{bin,dev,proc,sys,lib,lib64,etc,lab} && cp "$(command -v busybox)" "$tree/bin/busybox" &&
        cp "$lab/guest/init" "$tree/init" && chmod 755 "$tree/init" && cp -r "$jre" "$tree/jre" || return 1
    [ ! -d "$kernel/modules" ] || cp -r "$kernel/modules" "$tree/modules" || return 1
    echo 'root:x:0:0:root:/root:/bin/sh' >"$tree/etc/passwd"
    echo 'nobody:x:65534:65534:nobody:/:/bin/sh' >>"$tree/etc/passwd"
    echo 'root:x:0:' >"$tree/etc/group"
    echo 'nogroup:x:65534:' >>"$tree/etc/group"
    echo '127.0.0.1 localhost' >"$tree/etc/hosts"
    add_libraries "$tree" "$tree/bin/busybox" "$jre/bin/java" "$jre"/lib/*.so "$jre"/lib/server/libjvm.so
    # Loaded by name when they are wanted.
    for library in libgcc_s.so.1 librt.so.1 libpthread.so.0 libdl.so.2 libm.so.6; do
        library=$(ldconfig -p 2>/dev/null | sed -nE "s/^\s*${library//./\\.} .*x86-64.* => (.*)/\1/p" | head -n 1)
        [ -z "$library" ] || [ -e "$tree$library" ] || { mkdir -p "$tree${library%/*}" && cp -L "$library" "$tree$library"; }
    done
    pack "$tree" "$folder/base.zst" && rm -rf "$tree"
}

make_jars() { # FOLDER: leaves jars.zst there
    local tree=$1/tree
    mkdir -p "$tree/lab/jars" && cp "${jars[@]}" "$tree/lab/jars/" && pack "$tree" "$1/jars.zst" && rm -rf "$tree"
}

# build_jars: compiles what is not compiled, and sets `jars` to all that the guest's class path has.
build_jars() {
    local built=$root/lab/target/lab log stamp
    stamp=$built/stamp
    if [ ! -f "$stamp" ] || [ -n "$(find "$root"/pom.xml "$root"/{fence,memory,buffer,machine,linux,domain,local,cli,tck,lab}/{pom.xml,src} \
        -newer "$stamp" -print -quit 2>/dev/null)" ]; then
        say "compiling"
        command -v mvn >/dev/null || die "Maven is needed: install the package maven"
        log=$root/lab/target/build.log
        mkdir -p "${log%/*}"
        touch "$log.start"
        (cd "$root" && JAVA_HOME=$JDK mvn -q -B -ntp -Dquick -DskipTests -Dbuild.folder=target/lab -pl lab -am package) \
            >"$log" 2>&1 </dev/null || { grep -a -m 8 '^\[ERROR\]' "$log" >&2 || tail -n 8 "$log" >&2; die "the build failed: $log"; }
        touch -r "$log.start" "$stamp"
    fi
    jars=("$built"/lib/*.jar "$built"/dmabuf4j-lab-*.jar)
}

# make_guest KERNEL-FOLDER JOB-FOLDER: makes what is not made, and writes the initial file system to JOB-FOLDER.zst
make_guest() {
    local kernel=$1 job=$2 jre base layer
    need_lab_tools
    find_jdk || exit 1
    jre=$cache/jre-$(echo "$jre_modules" | cat - "$JDK/release" | sha256sum | cut -c1-16)
    once "$jre" make_jre || die "the JRE cannot be linked"
    base=$cache/base/$({ cat "$kernel/release" "$lab/guest/init" "$lab/lib/guest.sh"; echo "$jre"; ls "$kernel/modules" 2>/dev/null; } |
        sha256sum | cut -c1-16)
    once "$base" make_base "$kernel" "$jre" || die "the guest's file system cannot be made"
    prepare_programs
    build_jars
    layer=$cache/jars/$(checksum "${jars[@]}")
    if [ ! -e "$layer" ]; then
        # Builds of yesterday are gone; younger ones may be those of another tree.
        find "$cache/jars" -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} + 2>/dev/null
        once "$layer" make_jars || die "the guest's jars cannot be packed"
    fi
    pack "$job" "$job.job.zst" && cat "$base/base.zst" "$programs_layer" "$layer/jars.zst" "$job.job.zst" >"$job.zst"
}
