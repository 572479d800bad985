package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.KmsUapi;
import io.github.dmabuf4j.linux.kms.KmsOutput.WritebackJob;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Pictures one by one: the first with the mode, the others by page flips, as drivers could before they were atomic. */
final class LegacyCommits implements KmsOutput.Commits {
    private static final Ioctl<Boolean> SETCRTC =
            Ioctl.of("DRM_IOCTL_MODE_SETCRTC", KmsUapi.DRM_IOCTL_MODE_SETCRTC, KmsUapi.CRTC);
    private static final Ioctl<Boolean> PAGE_FLIP =
            Ioctl.of("DRM_IOCTL_MODE_PAGE_FLIP", KmsUapi.DRM_IOCTL_MODE_PAGE_FLIP, KmsUapi.PAGE_FLIP);

    private final KmsDevice device;
    private final OutputRoute route;
    private boolean modeIsSet;

    LegacyCommits(KmsDevice device, OutputRoute route) {
        this.device = device;
        this.route = route;
    }

    @Override
    public @Nullable KernelSyncFile commit(
            Flip flip, FrameBuffer picture, @Nullable KernelSyncFile ready, @Nullable WritebackJob job)
            throws IOException, InterruptedException {
        if (job != null) {
            throw new IllegalStateException(device + " is not driven atomically, so nothing can be written back");
        }
        if (ready != null && !ready.fence().await(KmsOutput.PATIENCE)) {
            throw new IOException("the work that " + picture + " waits for is not done within "
                    + KmsOutput.PATIENCE.toSeconds() + " s");
        }
        String sentence = device + " does not show " + picture + " on "
                + route.connector().name() + " at " + route.mode();
        if (!modeIsSet) {
            setCrtc(picture.id(), sentence);
            modeIsSet = true;
            flip.completed(); // the kernel has waited for the screen
            return null;
        }
        long token = device.events().expect(flip);
        try {
            KmsCall.call(
                    PAGE_FLIP,
                    device.fd(),
                    sentence,
                    (argument, _) -> argument.set("crtc_id", route.crtc().id())
                            .set("fb_id", picture.id())
                            .set("flags", KmsUapi.DRM_MODE_PAGE_FLIP_EVENT)
                            .setLong("user_data", token));
        } catch (SystemCallException | RuntimeException e) {
            device.events().forget(token);
            throw e;
        }
        return null;
    }

    private void setCrtc(int frameBuffer, String sentence) throws SystemCallException {
        KmsCall.call(SETCRTC, device.fd(), sentence, (argument, arena) -> {
            argument.set("crtc_id", route.crtc().id()).set("fb_id", frameBuffer);
            if (frameBuffer != 0) {
                argument.point(
                                "set_connectors_ptr",
                                arena.allocateFrom(
                                        ValueLayout.JAVA_INT, route.connector().id()))
                        .set("count_connectors", 1)
                        .set("mode_valid", 1);
                route.mode().write(argument.inner("mode", KmsUapi.MODE_INFO));
            }
        });
    }

    @Override
    public void forgetMode() {
        modeIsSet = false;
    }

    @Override
    public void end() throws SystemCallException {
        if (modeIsSet) {
            setCrtc(0, "cannot make " + route.connector() + " dark");
            modeIsSet = false;
        }
    }
}
