#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# The first program of the guest. Its root is the host's, read-only and under a layer that is thrown away; so all
# programs of the host run here as they are, at the same path. /command.sh came with it (in_guest.py).
box=/bin/busybox
$box mkdir -p /proc /sys /dev /host /layer /root
$box mount -t proc proc /proc
$box mount -t sysfs sysfs /sys
$box mount -t devtmpfs devtmpfs /dev
for module in /modules/*.ko; do
    $box insmod "$module"
done

$box mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose,msize=512000,ro host /host
$box mount -t tmpfs tmpfs /layer
$box mkdir /layer/upper /layer/work
$box mount -t overlay -o lowerdir=/host,upperdir=/layer/upper,workdir=/layer/work root /root
for folder in dev proc sys; do
    $box mount --move /$folder /root/$folder
done
$box mkdir -p /root/dev/pts /root/dev/shm
$box mount -t devpts devpts /root/dev/pts
$box mount -t tmpfs tmpfs /root/dev/shm
$box mount -t tmpfs tmpfs /root/run
$box mkdir /root/run/tmp
$box cp $box /command.sh /root/run
exec $box switch_root /root /bin/sh /run/command.sh
