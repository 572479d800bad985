#!/usr/bin/env bash
# The machine: QEMU without hardware virtualisation, whatever /dev/kvm says. Sourced, after the other parts.

# The longest that a run may take, in seconds; whatever hangs ends then.
lab_timeout=${DMABUF4J_LAB_TIMEOUT:-1500}

# prepare_kernel NAME: makes the kernel and sets `kernel_folder`.
prepare_kernel() {
    need_lab_tools
    case $1 in
        debian) kernel_folder=$(debian_kernel_folder) && once "$kernel_folder" fetch_debian_kernel ;;
        small) kernel_folder=$(small_kernel_folder) && once "$kernel_folder" build_small_kernel ;;
    esac || die "there is no kernel to boot"
}

# machine KERNEL-FOLDER INITRD OPTION...: sets `machine` to the command that boots.
machine() {
    local kernel=$1 initrd=$2
    shift 2
    machine=(qemu-system-x86_64 -accel tcg -cpu max -m 3072 -smp 2 -no-reboot -nic none -display none
        -kernel "$kernel/vmlinuz" -initrd "$initrd"
        # Three cameras: the first as usual, the second with a buffer for each plane, the last in contiguous memory.
        -append "console=ttyS0 panic=-1 quiet kunit.autorun=0 vkms.enable_writeback=1 vivid.n_devs=3 vivid.allocators=0,0,1 vivid.multiplanar=1,2,1"
        -device virtio-gpu-pci,id=screen -device virtio-serial-pci "$@")
}

# port NAME FILE: options for a port of the guest whose contents go to a file.
port() {
    printf '%s\n' -chardev "file,id=$1,path=$2" -device "virtserialport,chardev=$1,name=lab.$1"
}

# screen_options FOLDER: options for QEMU's monitor, and for the port by which the guest asks for pictures of its screen.
screen_options() {
    printf '%s\n' -qmp "unix:$1/monitor,server=on,wait=off" -chardev "socket,id=screenport,path=$1/port,server=on,wait=off" \
        -device virtserialport,chardev=screenport,name=lab.screen
}

# screen_pictures ARGUMENT...: the program that takes and compares them.
screen_pictures() {
    local IFS=:
    "$JDK/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m -Djava.awt.headless=true -cp "${jars[*]}" \
        io.github.dmabuf4j.lab.ScreenPictures "$@"
}

# add_examples FOLDER: builds the examples in C that take part; without a compiler their tests are skipped, and say so.
add_examples() {
    local source=$root/examples/c/foreign-producer.c built=$root/lab/target/foreign-producer
    if [ "$source" -nt "$built" ]; then
        command -v cc >/dev/null || return 0
        cc -std=c11 -O2 -static -o "$built" "$source" || die "$source does not compile; is the package libc6-dev there?"
    fi
    cp "$built" "$1/"
}

# run_suites KERNEL SUITE...: boots, runs, reports. Fails with the guest's log when anything fails or nothing ends.
run_suites() {
    local name=$1 out=$lab/target/out/$1 job options started=$SECONDS ended sockets
    shift
    prepare_kernel "$name"
    rm -rf "$out" && mkdir -p "$out/job/lab" "$out/files" "$out/screens"
    job=$out/job
    cat >"$job/lab/job" <<JOB
cd /lab
java="/jre/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -Xmx768m --enable-native-access=ALL-UNNAMED -Ddmabuf4j.lab=$name -Ddmabuf4j.timeScale=10 ${DMABUF4J_LAB_OPTIONS:-}"
\$java -cp '/lab/jars/*' io.github.dmabuf4j.lab.Guest $*
JOB
    add_examples "$job/lab"
    make_guest "$kernel_folder" "$job"
    mapfile -t options < <(port report "$out/report" && port files "$out/files.tar")
    # Elsewhere, since the path of a socket must be short.
    sockets=$(mktemp -d)
    mapfile -t -O ${#options[@]} options < <(screen_options "$sockets")
    say "booting Linux $(cat "$kernel_folder/release") after $((SECONDS - started)) s"
    machine "$kernel_folder" "$job.zst" "${options[@]}" -serial "file:$out/console"
    screen_pictures serve "$sockets/monitor" "$sockets/port" "$out/screens" 2>"$out/screens.log" </dev/null &
    timeout "$lab_timeout" "${machine[@]}" 2>"$out/qemu.log" </dev/null
    ended=$?
    kill $! 2>/dev/null # has ended with the machine
    rm -rf "$sockets"
    cat "$out/report" 2>/dev/null
    tar -C "$out/files" -xf "$out/files.tar" 2>/dev/null
    rm -rf "$job" "$job.zst" "$job.job.zst" "$out/files.tar"
    if screen_pictures compare "$out/screens" "$out/files" && [ "$(tail -n 1 "$out/report" 2>/dev/null)" = 'lab: end 0' ]; then
        say "$name: passed after $((SECONDS - started)) s"
        return 0
    fi
    [ "$ended" -ne 124 ] || say "$name: nothing ended within $lab_timeout s"
    say "$name: failed; the guest's last words (all of them: $out/console):"
    tail -n 60 "$out/console" >&2
    cat "$out/qemu.log" >&2
    return 1
}

# run_shell KERNEL: a prompt on this terminal.
run_shell() {
    local job options
    prepare_kernel "$1"
    job=$(mktemp -d) && mkdir "$job/lab" "$job/bin"
    cat >"$job/bin/dmabuf4j" <<'COMMAND'
#!/bin/busybox sh
exec /jre/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp '/lab/jars/*' io.github.dmabuf4j.cli.Main "$@"
COMMAND
    chmod 755 "$job/bin/dmabuf4j"
    cat >"$job/lab/job" <<'JOB'
export PATH=$PATH:/jre/bin
cd /lab
echo "try: dmabuf4j doctor; java is on the path, the jars are in /lab/jars; exit ends the machine" >/dev/console
setsid cttyhack sh </dev/ttyS0 >/dev/ttyS0 2>&1
JOB
    make_guest "$kernel_folder" "$job"
    mapfile -t options < <(port report /dev/null)
    machine "$kernel_folder" "$job.zst" "${options[@]}" -serial mon:stdio
    "${machine[@]}"
    rm -rf "$job" "$job.zst" "$job.job.zst"
}
