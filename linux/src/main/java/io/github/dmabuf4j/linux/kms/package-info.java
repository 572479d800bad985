/**
 * Pictures on a screen: the kernel's mode setting (KMS).
 *
 * <p>A {@link io.github.dmabuf4j.linux.kms.KmsDevice} is a graphics device with displays. It has
 * {@linkplain io.github.dmabuf4j.linux.kms.Connector connectors}, where displays are plugged in,
 * {@linkplain io.github.dmabuf4j.linux.kms.Crtc CRTCs}, which send a picture to them, and
 * {@linkplain io.github.dmabuf4j.linux.kms.Plane planes}, from which a CRTC takes its picture. A plane shows a
 * {@link io.github.dmabuf4j.linux.kms.FrameBuffer}: one or more dma-bufs with a layout, wherever they come from.
 *
 * <p>A {@link io.github.dmabuf4j.linux.kms.KmsOutput} is one of each, put together: it shows picture after picture. A picture may
 * be given before it is there, with the sync file to wait for; each {@link io.github.dmabuf4j.linux.kms.Flip} has a fence that is
 * signalled when the picture is on the screen, which is when the one before it is free. A
 * {@link io.github.dmabuf4j.linux.kms.Writeback} is a connector that writes what would be on the screen into memory.
 *
 * <p>One program at a time may show pictures: the first that opens the device, until it closes it. Others get a
 * {@link io.github.dmabuf4j.linux.kms.NotMasterException}.
 */
@NullMarked
package io.github.dmabuf4j.linux.kms;

import org.jspecify.annotations.NullMarked;
